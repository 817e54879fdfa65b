package io.reckon.engine.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GenerationTest {
  @Test
  void tellsByTheirNumberWhetherTheReasoningsTokensAreListed() {
    assertThat(before(21, 15, 5)).as("all, with the one that ended the turn").isEqualTo(15);
    assertThat(before(18, 15, 5)).as("all but the markers").isEqualTo(15);
    assertThat(before(15, 15, 0)).as("cut while it reasoned").isEqualTo(15);
    assertThat(before(5, 15, 5)).as("the answer's").isZero();
    assertThat(before(31, 15, 30)).as("the answer's, of a long answer").isZero();
    assertThat(before(5, 0, 5)).as("nothing but an answer").isZero();
    assertThat(before(0, 15, 5)).as("none").isZero();
  }

  private static int before(int listed, int reasoningTokens, int answerTokens) {
    return Generation.listedBeforeAnswer(listed, reasoningTokens, answerTokens);
  }
}
