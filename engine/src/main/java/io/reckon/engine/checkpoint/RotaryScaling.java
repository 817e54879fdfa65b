package io.reckon.engine.checkpoint;

/** How rotary frequencies are stretched for contexts longer than the model was first trained on. */
public sealed interface RotaryScaling {
  /**
   * The rotation of one position step, for each pair of dimensions, in radians.
   *
   * @param dimensions rotary dimensions, even
   * @param theta base of the frequencies
   * @return {@code dimensions / 2} numbers
   */
  double[] frequencies(int dimensions, double theta);

  /** What cosine and sine are multiplied by. */
  double magnitude();

  /** What the attention scale is multiplied by. */
  double scoreFactor();

  /** No scaling. */
  record None() implements RotaryScaling {
    @Override
    public double[] frequencies(int dimensions, double theta) {
      double[] frequencies = new double[dimensions / 2];
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] = Math.pow(theta, -2.0 * i / dimensions);
      }
      return frequencies;
    }

    @Override
    public double magnitude() {
      return 1;
    }

    @Override
    public double scoreFactor() {
      return 1;
    }
  }

  /**
   * YaRN: fast pairs keep their frequency, slow ones are interpolated, and a linear ramp joins
   * them.
   *
   * @param factor how many times the context grew
   * @param originalContext tokens of the context before scaling
   * @param betaFast pairs with more turns than this over the original context are kept
   * @param betaSlow pairs with fewer turns than this are interpolated
   * @param mscale weight of the magnitude correction of cosine and sine
   * @param mscaleAllDim weight of the correction of the attention scale
   * @see <a href="https://arxiv.org/abs/2309.00071">YaRN</a>
   */
  record Yarn(
      double factor,
      int originalContext,
      double betaFast,
      double betaSlow,
      double mscale,
      double mscaleAllDim)
      implements RotaryScaling {
    @Override
    public double[] frequencies(int dimensions, double theta) {
      double low = Math.max(0, Math.floor(pairWithTurns(betaFast, dimensions, theta)));
      double high = Math.min(dimensions - 1, Math.ceil(pairWithTurns(betaSlow, dimensions, theta)));
      double width = high == low ? 0.001 : high - low;
      double[] frequencies = new None().frequencies(dimensions, theta);
      for (int i = 0; i < frequencies.length; i++) {
        double interpolated = Math.min(1, Math.max(0, (i - low) / width));
        frequencies[i] *= 1 - interpolated + interpolated / factor;
      }
      return frequencies;
    }

    private double pairWithTurns(double turns, int dimensions, double theta) {
      return dimensions * Math.log(originalContext / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
    }

    @Override
    public double magnitude() {
      return correction(mscale) / correction(mscaleAllDim);
    }

    @Override
    public double scoreFactor() {
      return correction(mscaleAllDim) * correction(mscaleAllDim);
    }

    private double correction(double weight) {
      return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
    }
  }
}
