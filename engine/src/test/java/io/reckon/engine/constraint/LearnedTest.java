package io.reckon.engine.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.api.OutputConstraint;
import java.util.List;
import org.junit.jupiter.api.Test;

class LearnedTest {
  private static final List<String> PATTERNS =
      List.of("[a-z]{30}a", "[a-z]{30}b", "[a-z]{30}c", "[a-z]{30}d");

  @Test
  void theConstraintsUsedLongestAgoForgetSoThatAllKeepNoMoreThanTheyMay() {
    Constraint alone = compiled(new Learned(Long.MAX_VALUE)).get(0);
    write(alone, PATTERNS.get(0));
    long ofOne = alone.automaton().learnedBytes();
    List<Constraint> all = compiled(new Learned(5 * ofOne / 2));

    for (int i = 0; i < 12; i++) {
      int used = i % PATTERNS.size();
      write(all.get(used), PATTERNS.get(used));
    }

    assertThat(all.stream().map(each -> each.automaton().learnedBytes() > ofOne / 2))
        .containsExactly(false, false, true, true);
  }

  @Test
  void aConstraintThatLearnsMoreThanAllMayForgetsAsItGoes() {
    Constraint constraint = compiled(new Learned(20_000)).get(0);

    write(constraint, PATTERNS.get(0));

    assertThat(constraint.automaton().learnedBytes()).isLessThan(20_000);
  }

  private static List<Constraint> compiled(Learned learned) {
    Constraints constraints = TestVocabulary.constraints(learned);
    return PATTERNS.stream().map(OutputConstraint.Regex::new).map(constraints::compile).toList();
  }

  /** Writes some answers, which must match. */
  private static void write(Constraint constraint, String pattern) {
    RandomAnswers answers = new RandomAnswers(constraint, 1);
    for (int i = 0; i < 20; i++) {
      assertThat(answers.next(40).text()).matches(pattern);
    }
    constraint.automaton().tidy();
  }
}
