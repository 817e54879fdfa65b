package io.reckon.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.cache.PagePool;
import io.reckon.engine.cache.PageTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SchedulerTest {
  private static final int PAGE = 8;
  private static final int BLOCK = 4;

  private final PagePool pool = new PagePool(11, PAGE);
  private final Scheduler scheduler = new Scheduler(pool, 3, 16, BLOCK);
  private int added;

  @Test
  void cutsPrefillAtBlocksWithinTheBudget() {
    Sequence sequence = add(42);
    assertThat(step().prefills()).containsExactly(new Slice(sequence, 0, 16));
    assertThat(step().prefills()).containsExactly(new Slice(sequence, 16, 16));
    Batch last = step();
    assertThat(last.prefills()).containsExactly(new Slice(sequence, 32, 10));
    assertThat(last.prefills().get(0).samples()).isTrue();
  }

  @Test
  void decodesInEveryStepBesidePrefill() {
    Sequence first = add(5);
    step();
    first.append(1);
    Sequence second = add(30);
    for (int from = 0; from < 30; from += 16) {
      Batch batch = step();
      assertThat(batch.decodes()).containsExactly(new Slice(first, first.length() - 1, 1));
      assertThat(batch.prefills().get(0).sequence()).isSameAs(second);
      first.append(1);
    }
  }

  @Test
  void chargesShortPrefillsTheirTokensAndOthersWholeBlocks() {
    Scheduler wide = new Scheduler(pool, 8, 16, BLOCK);
    List<Sequence> sequences = List.of(of(1, 2), of(1, 2), of(1, 2), of(1, 3), of(1, 9), of(1, 2));
    sequences.forEach(wide::add);
    assertThat(wide.next().prefills())
        .containsExactly(
            new Slice(sequences.get(0), 0, 2),
            new Slice(sequences.get(1), 0, 2),
            new Slice(sequences.get(2), 0, 2),
            new Slice(sequences.get(3), 0, 3), // four rows
            new Slice(sequences.get(4), 0, 4)); // of six rows that are left
  }

  @Test
  void admitsInOrderOfArrivalUpToTheLimit() {
    List<Sequence> sequences = List.of(add(2), add(2), add(2), add(2));
    Batch batch = step();
    assertThat(batch.prefills()).extracting(Slice::sequence).isEqualTo(sequences.subList(0, 3));
    assertThat(scheduler.running()).isEqualTo(3);
    assertThat(scheduler.waiting()).isEqualTo(1);
    scheduler.remove(sequences.get(1));
    assertThat(scheduler.next().prefills())
        .extracting(Slice::sequence)
        .containsExactly(sequences.get(3));
  }

  @Test
  void pausesTheYoungestWhenPagesRunOutAndComputesItAgain() {
    Sequence old = add(40);
    step();
    step();
    step();
    old.append(1);
    Sequence young = add(16);
    step();
    step();
    young.append(1);
    while (old.length() < 73) {
      step();
      old.append(1);
    }
    assertThat(scheduler.running()).isEqualTo(1);
    assertThat(scheduler.waiting()).isEqualTo(1);
    assertThat(scheduler.pauses()).isEqualTo(1);
    assertThat(pool.evictions()).isPositive();
    scheduler.remove(old);
    // Of its own two full pages the last was needed, and the first is still there.
    assertThat(scheduler.next().prefills()).containsExactly(new Slice(young, 8, 9));
    assertThat(young.cached()).isZero();
  }

  @Test
  void takesOverWhatOthersHaveComputed() {
    int[] tokens = new Random(5).ints(21).toArray();
    computed(add(tokens));
    Sequence longer = new Sequence(tokens, new PageTable(pool));
    longer.append(1);
    scheduler.add(longer);
    assertThat(step().prefills()).containsExactly(new Slice(longer, 16, 6));
    assertThat(longer.cached()).isEqualTo(16);
    assertThat(pool.free()).isEqualTo(pool.capacity() - 4);
  }

  @Test
  void decodesAtOnceWhereOnlyTheNewestTokenIsLeft() {
    int[] tokens = new Random(5).ints(17).toArray();
    scheduler.remove(computed(add(tokens)));
    Sequence again = add(tokens);
    assertThat(step().decodes()).containsExactly(new Slice(again, 16, 1));
  }

  @Test
  void computesATextThatTwoBeginWithOnce() {
    int[] tokens = new Random(5).ints(40).toArray();
    add(tokens);
    Sequence second = add(tokens);
    step();
    step();
    assertThat(step().prefills()).contains(new Slice(second, 32, 8));
  }

  @Test
  void letsCallersTakeTurnsAndEachInOrderOfArrival() {
    Scheduler one = new Scheduler(pool, 1, 16, BLOCK);
    List<Sequence> busy = List.of(of(1), of(1), of(1), of(1));
    busy.forEach(one::add);
    assertThat(ended(one)).isSameAs(busy.get(0));
    List<Sequence> modest = List.of(of(2), of(2));
    modest.forEach(one::add);
    Sequence third = of(3);
    one.add(third);
    assertThat(Stream.generate(() -> ended(one)).limit(6))
        .containsExactly(
            busy.get(1), modest.get(0), third, busy.get(2), modest.get(1), busy.get(3));
    assertThat(one.next().isEmpty()).isTrue();
  }

  private Sequence of(long caller) {
    return of(caller, 3);
  }

  private Sequence of(long caller, int tokens) {
    return new Sequence(
        new Random(added++).ints(tokens).toArray(), new PageTable(pool), caller, 100);
  }

  /** The one sequence that runs, taken out after its first step. */
  private static Sequence ended(Scheduler scheduler) {
    Batch batch = scheduler.next();
    scheduler.computed(batch);
    Sequence sequence = batch.prefills().get(0).sequence();
    scheduler.remove(sequence);
    return sequence;
  }

  @Test
  void freesAllPagesOfASequenceWhereverItStands() {
    Sequence decoding = computed(add(20));
    decoding.append(1);
    Sequence inPrefill = add(30);
    step();
    Sequence tooLong = add(70);
    step();
    assertThat(scheduler.running()).isEqualTo(2);
    List.of(tooLong, inPrefill, decoding).forEach(scheduler::remove);
    assertThat(pool.free()).isEqualTo(pool.capacity());
    assertThat(scheduler.running() + scheduler.waiting()).isZero();
    scheduler.remove(decoding);
    assertThat(pool.free()).isEqualTo(pool.capacity());
  }

  @Test
  void forgetsAPausedSequenceThatIsTakenOut() {
    Sequence old = computed(add(30));
    old.append(1);
    Sequence young = computed(add(30));
    while (scheduler.pauses() == 0) {
      step();
      old.append(1);
    }
    scheduler.remove(young);
    assertThat(scheduler.waiting()).isZero();
    scheduler.remove(old);
    assertThat(pool.free()).isEqualTo(pool.capacity());
  }

  private Sequence computed(Sequence sequence) {
    while (sequence.pending() > 0) {
      step();
    }
    return sequence;
  }

  @Test
  void refusesWhatCanNeverFit() {
    assertThatThrownBy(() -> add(81)).hasMessage("81 tokens don't fit the cache");
  }

  @Test
  void endsEverySequenceWhateverTheOrderAndLosesNoPage() {
    Random random = new Random(3);
    List<Sequence> open = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      open.add(add(1 + random.nextInt(60)));
    }
    int steps = 0;
    while (!open.isEmpty()) {
      assertThat(steps++).isLessThan(5000);
      for (Sequence sampled : sampled(step())) {
        if (sampled.length() >= 70 || random.nextInt(20) == 0) {
          scheduler.remove(sampled);
          open.remove(sampled);
        } else {
          sampled.append(1);
        }
      }
    }
    assertThat(pool.free()).isEqualTo(pool.capacity());
    assertThat(scheduler.next().isEmpty()).isTrue();
  }

  @Test
  void countsDraftsThatComeAsComputed() {
    Scheduler drafting = drafting(21, 22, 23, 24);
    Sequence sequence = decoding(drafting);
    Batch batch = drafting.next();
    assertThat(batch.decodes()).containsExactly(new Slice(sequence, 5, 5));
    assertThat(batch.decodes().get(0).samples()).isTrue();
    assertThat(batch.tokens() - batch.drafts()).isEqualTo(1);
    assertThat(IntStream.range(5, 10).map(sequence::token)).containsExactly(1, 21, 22, 23, 24);
    drafting.computed(batch);
    assertThat(sequence.computed()).isEqualTo(6);
    assertThat(extend(drafting, sequence, 21)).isTrue();
    assertThat(extend(drafting, sequence, 22)).isTrue();
    assertThat(extend(drafting, sequence, 50)).isFalse();
    assertThat(sequence.computed()).isEqualTo(8);
    assertThat(drafting.next().decodes()).containsExactly(new Slice(sequence, 8, 5));
  }

  @Test
  void usesDraftsForTokensThatHadToCome() {
    Scheduler drafting = drafting(21, 22, 23, 24);
    Sequence sequence = decoding(drafting);
    drafting.computed(drafting.next());
    sequence.append(21);
    sequence.append(22);
    assertThat(extend(drafting, sequence, 23)).isTrue();
    sequence.append(24);
    assertThat(extend(drafting, sequence, 60)).isFalse();
    assertThat(drafting.next().decodes()).containsExactly(new Slice(sequence, 10, 5));
  }

  @Test
  void forgetsDraftsAfterOneThatDidNotCome() {
    Scheduler drafting = drafting(21, 22, 23, 24);
    Sequence sequence = decoding(drafting);
    drafting.computed(drafting.next());
    sequence.append(21);
    sequence.append(99);
    assertThat(extend(drafting, sequence, 60)).isFalse();
    Batch rest = drafting.next();
    assertThat(rest.prefills()).containsExactly(new Slice(sequence, 7, 2));
    drafting.computed(rest);
    assertThat(extend(drafting, sequence, 24)).isFalse(); // It was drafted for this very place.
  }

  @Test
  void draftsTakeNoPageThatAnotherWouldLack() {
    Scheduler drafting = drafting(21, 22, 23, 24);
    Sequence sequence = decoding(drafting);
    PageTable other = new PageTable(pool);
    other.reserve((pool.free() - 1) * PAGE);
    assertThat(drafting.next().decodes()).containsExactly(new Slice(sequence, 5, 3));
    other.release();
    assertThat(drafting.next().decodes()).containsExactly(new Slice(sequence, 5, 5));
  }

  @Test
  void takesNoDraftsThatAreOfNoUse() {
    Scheduler drafting = drafting(IntStream.range(20, 40).toArray());
    assertThat(decodingIn(drafting, 100).count()).isEqualTo(8);
    assertThat(decodingIn(drafting, 9).count()).isEqualTo(3);
    assertThat(decodingIn(drafting, 7).count()).isEqualTo(1);
  }

  /** What is computed of a sequence of six tokens that may come to have so many. */
  private Slice decodingIn(Scheduler drafting, int mostTokens) {
    Sequence sequence = new Sequence(new int[5], new PageTable(pool), 0, mostTokens);
    drafting.add(sequence);
    drafting.computed(drafting.next());
    extend(drafting, sequence, 1);
    Slice decode = drafting.next().decodes().get(0);
    drafting.remove(sequence);
    return decode;
  }

  @Test
  void sharesNoPageOfDraftsThatDidNotCome() {
    Scheduler drafting = drafting(21, 22, 23, 24);
    Sequence sequence = decoding(drafting);
    drafting.computed(drafting.next());
    extend(drafting, sequence, 21);
    extend(drafting, sequence, 99);
    Sequence like = new Sequence(drafted(sequence), new PageTable(pool));
    drafting.add(like);
    assertThat(drafting.next().prefills()).containsExactly(new Slice(like, 0, like.length()));
  }

  /** The sequence as it would be had all drafts come, and a token more. */
  private static int[] drafted(Sequence sequence) {
    return IntStream.concat(
            IntStream.range(0, 6).map(sequence::token), IntStream.of(21, 22, 23, 24, 25))
        .toArray();
  }

  /** Has these drafts for every decode. */
  private Scheduler drafting(int... drafts) {
    return new Scheduler(pool, 3, 16, 16, (sequence, decodes, most) -> drafts);
  }

  /** A sequence of six tokens, of which the newest is not computed. */
  private Sequence decoding(Scheduler drafting) {
    Sequence sequence = of(0, 5);
    drafting.add(sequence);
    drafting.computed(drafting.next());
    extend(drafting, sequence, 1);
    return sequence;
  }

  private static boolean extend(Scheduler drafting, Sequence sequence, int token) {
    int chosen = sequence.length();
    sequence.append(token);
    return drafting.extended(sequence, chosen);
  }

  private static List<Sequence> sampled(Batch batch) {
    List<Sequence> sampled = new ArrayList<>();
    batch.decodes().forEach(slice -> sampled.add(slice.sequence()));
    batch.prefills().stream().filter(Slice::samples).forEach(s -> sampled.add(s.sequence()));
    return sampled;
  }

  private Batch step() {
    Batch batch = scheduler.next();
    scheduler.computed(batch);
    return batch;
  }

  private Sequence add(int tokens) {
    return add(new Random(added++).ints(tokens).toArray());
  }

  private Sequence add(int[] tokens) {
    Sequence sequence = new Sequence(tokens, new PageTable(pool));
    scheduler.add(sequence);
    return sequence;
  }
}
