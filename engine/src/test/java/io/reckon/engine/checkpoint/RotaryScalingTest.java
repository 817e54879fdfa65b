package io.reckon.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RotaryScalingTest {
  /** Expected numbers are those of the reference implementation in transformers. */
  @Test
  void yarnStretchesSlowPairsAndKeepsFastOnes() {
    RotaryScaling yarn = new RotaryScaling.Yarn(40, 4096, 32, 1, 1.0, 0.707);
    double[] expected = {
      1.0,
      0.31622776601683794,
      0.1,
      0.023914724805023366,
      0.005125,
      0.0008498621211702518,
      2.5e-05,
      7.905694150420947e-06
    };
    assertThat(yarn.frequencies(16, 10000)).containsExactly(expected, within(1e-15));
    assertThat(yarn.magnitude()).isEqualTo(1.0857263992561355, within(1e-12));
    assertThat(yarn.scoreFactor()).isEqualTo(1.5896261651208736, within(1e-12));
  }

  @Test
  void noScalingLeavesScoresAlone() {
    RotaryScaling none = new RotaryScaling.None();
    assertThat(none.frequencies(4, 100)).containsExactly(new double[] {1, 0.1}, within(1e-15));
    assertThat(none.magnitude()).isEqualTo(1);
    assertThat(none.scoreFactor()).isEqualTo(1);
  }
}
