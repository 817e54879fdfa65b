package io.reckon.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.cache.PagePool;
import io.reckon.engine.cache.PageTable;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LearningDrafterTest {
  private static final int[] PHRASE = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22};

  private final PagePool pool = new PagePool(100, 16);
  private final LearningDrafter drafter = new LearningDrafter(new StepCost(12, 100));

  @Test
  void draftsWhatCameAfterTheSameTokensInTheSameSequence() {
    Sequence sequence = sequence(PHRASE);
    generate(sequence, 90, 91, 11, 12, 13);
    assertThat(drafter.draft(sequence, 1, 7)).startsWith(14);
  }

  @Test
  void draftsWhatCameInOthers() {
    generate(sequence(1, 2, 3), PHRASE);
    Sequence another = sequence(7);
    generate(another, 11, 12, 13, 14, 15);
    assertThat(drafter.draft(another, 1, 7)).startsWith(16, 17);
  }

  @Test
  void draftsNothingThatNeverCame() {
    generate(sequence(1, 2, 3), PHRASE);
    Sequence another = sequence(7);
    generate(another, 50, 51, 52);
    assertThat(drafter.draft(another, 1, 7)).isEmpty();
  }

  @Test
  void draftsFurtherTheSurerItIs() {
    Sequence fresh = sequence(1);
    generate(fresh, PHRASE);
    generate(fresh, 11, 12, 13);
    int first = drafter.draft(fresh, 1, 7).length;
    for (int round = 0; round < 30; round++) {
      generate(sequence(round), PHRASE);
    }
    Sequence later = sequence(1);
    generate(later, 11, 12, 13);
    assertThat(drafter.draft(later, 1, 7)).hasSizeGreaterThan(first).startsWith(14, 15, 16, 17, 18);
  }

  @Test
  void draftsLessTheMoreSequencesDecode() {
    Random random = new Random(1);
    for (int round = 0; round < 60; round++) {
      generate(sequence(1), 30, 31, 32, random.nextInt(10) < 7 ? 33 : 40 + round);
    }
    Sequence sequence = sequence(1);
    generate(sequence, 30, 31, 32);
    assertThat(drafter.draft(sequence, 1, 7)).startsWith(33);
    assertThat(drafter.draft(sequence, 500, 7)).isEmpty();
  }

  @Test
  void draftsLessTheLongerTheContext() {
    Random random = new Random(1);
    for (int round = 0; round < 60; round++) {
      generate(sequence(1), 30, 31, 32, random.nextInt(10) < 6 ? 33 : 40 + round);
    }
    Sequence longer = sequence(IntStream.range(1_000, 50_000).toArray());
    generate(longer, 30, 31, 32);
    assertThat(drafter.draft(longer, 1, 7)).isEmpty();
  }

  @Test
  void draftsNoMoreThanIsOfUse() {
    for (int round = 0; round < 30; round++) {
      generate(sequence(1), PHRASE);
    }
    Sequence sequence = sequence(1);
    generate(sequence, 11, 12, 13);
    for (int most = 0; most <= 7; most++) {
      assertThat(drafter.draft(sequence, 1, most)).hasSize(most);
    }
  }

  @Test
  void draftsNothingBeyondAnEnd() {
    for (int round = 0; round < 30; round++) {
      Sequence ending = sequence(1);
      generate(ending, 11, 12, 13);
      drafter.learnEnd(ending);
    }
    Sequence sequence = sequence(1);
    generate(sequence, 11);
    assertThat(drafter.draft(sequence, 1, 7)).containsExactly(12, 13);
  }

  @Test
  void learnsPrompts() {
    generate(sequence(IntStream.range(100, 140).toArray()), 1);
    Sequence second = sequence(7);
    generate(second, 104, 105, 106);
    assertThat(drafter.draft(second, 1, 7)).startsWith(107);
  }

  /** Others will take its pages over, whatever becomes of it. */
  @Test
  void learnsAPromptWhenItIsComputed() {
    Scheduler scheduler = new Scheduler(pool, 2, 512, 16, drafter);
    Sequence first = sequence(IntStream.range(100, 140).toArray());
    scheduler.add(first);
    scheduler.computed(scheduler.next());
    scheduler.remove(first);
    Sequence second = sequence(7);
    generate(second, 104, 105, 106);
    assertThat(drafter.draft(second, 1, 7)).startsWith(107);
  }

  @Test
  void leavesOutWhatAnotherHadComputed() {
    Scheduler scheduler = new Scheduler(pool, 2, 512, 16);
    int[] prompt = IntStream.range(100, 140).toArray();
    Sequence first = sequence(prompt);
    scheduler.add(first);
    scheduler.computed(scheduler.next());
    Sequence second = sequence(prompt);
    scheduler.add(second);
    scheduler.next();
    assertThat(first.unlearned()).isEqualTo(1);
    assertThat(second.unlearned()).isEqualTo(32);
  }

  /** What is forgotten for lack of room is no wrong guess. */
  @Test
  void holdsToWhatProvesRightBelowALotElse() {
    for (int round = 0; round < 30; round++) {
      generate(sequence(1), PHRASE);
    }
    Random random = new Random(2);
    for (int round = 0; round < 40; round++) {
      generate(sequence(random.ints(5_000, 0, 100_000).toArray()), 5);
    }
    Sequence sequence = sequence(1);
    generate(sequence, 11, 12, 13, 14, 15);
    assertThat(drafter.draft(sequence, 1, 7)).startsWith(16);
  }

  private Sequence sequence(int... prompt) {
    return new Sequence(prompt, new PageTable(pool));
  }

  /** As if the model chose these tokens, one after the other. */
  private void generate(Sequence sequence, int... tokens) {
    for (int token : tokens) {
      int chosen = sequence.length();
      sequence.append(token);
      drafter.learn(sequence, chosen);
    }
  }
}
