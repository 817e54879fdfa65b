package io.reckon.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.cache.PagePool;
import io.reckon.engine.cache.PageTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Full pages that several sequences begin with are computed by one of them, in tokens counted. */
class CommonPrefixTest {
  private static final int PAGE = 8;
  private static final int BLOCK = 4;
  private static final int SEQUENCES = 32;

  private final PagePool pool = new PagePool(1000, PAGE);
  private final Scheduler scheduler = new Scheduler(pool, 40, 64, BLOCK);

  @ParameterizedTest
  @CsvSource({"128, 8", "100, 8", "20, 3", "8, 1", "7, 5", "65, 40", "16, 0", "130, 0"})
  void isComputedOnceForAllThatArriveTogether(int prefix, int tail) {
    for (int i = 0; i < SEQUENCES; i++) {
      scheduler.add(sequence(prefix, tail, i, 0));
    }
    int shared = Math.min(prefix, prefix + tail - 1) / PAGE * PAGE;
    assertThat(computedUntilAllSample()).isEqualTo(shared + SEQUENCES * (prefix + tail - shared));
  }

  @Test
  void isComputedOnceForFamiliesOfManyCallers() {
    int families = 5;
    for (int i = 0; i < SEQUENCES; i++) {
      scheduler.add(sequence(50, 10, i, i % families));
    }
    assertThat(computedUntilAllSample()).isEqualTo(families * 48 + SEQUENCES * (60 - 48));
  }

  @Test
  void isTakenUpByAnotherWhenTheOneThatComputesItEnds() {
    List<Sequence> sequences =
        IntStream.range(0, SEQUENCES).mapToObj(i -> sequence(100, 8, i, 0)).toList();
    sequences.forEach(scheduler::add);
    assertThat(step()).isEqualTo(64);
    scheduler.remove(sequences.get(0));
    assertThat(64 + computedUntilAllSample()).isEqualTo(96 + (SEQUENCES - 1) * 12);
  }

  @Test
  void holdsUpNoOther() {
    scheduler.add(sequence(24, 8, 0, 1));
    scheduler.add(sequence(24, 8, 1, 1));
    scheduler.add(sequence(0, 8, 2, 2));
    assertThat(scheduler.next().prefills())
        .extracting(slice -> slice.sequence().caller())
        .containsExactly(1L, 2L);
  }

  private Sequence sequence(int prefix, int tail, int number, long family) {
    Random common = new Random(-1 - family);
    Random own = new Random(number);
    int[] tokens = new int[prefix + tail];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = (i < prefix ? common : own).nextInt();
    }
    return new Sequence(tokens, new PageTable(pool), family, 100);
  }

  private int step() {
    Batch batch = scheduler.next();
    scheduler.computed(batch);
    return batch.tokens();
  }

  /** Runs until every sequence could sample its first token; gives the tokens that took. */
  private int computedUntilAllSample() {
    List<Sequence> sampled = new ArrayList<>();
    int computed = 0;
    while (scheduler.waiting() > 0 || sampled.size() < scheduler.running()) {
      Batch batch = scheduler.next();
      scheduler.computed(batch);
      computed += batch.tokens();
      batch.decodes().forEach(slice -> sampled.add(slice.sequence()));
      batch.prefills().stream().filter(Slice::samples).forEach(s -> sampled.add(s.sequence()));
    }
    return computed;
  }
}
