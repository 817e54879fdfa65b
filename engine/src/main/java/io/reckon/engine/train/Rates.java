package io.reckon.engine.train;

/**
 * Learning rates of one step.
 *
 * @param adam for the embedding and the norms, by AdamW
 * @param muon for the matrices, by Muon
 * @param decay weight decay of the matrices, times their rate
 */
record Rates(double adam, double muon, double decay) {
  private static final int WARM_UP_STEPS = 100;

  /** Shares of the steps at which the rates start to fall, and at which they drop. */
  private static final double FALL = 0.35;

  private static final double DROP = 0.51;

  /** Of the first rates, what the second part starts with. */
  private static final double SETTLING = 0.2;

  /**
   * The first half finds the ways, at rates so high that their noise hides the loss; at a fifth of
   * them the second half settles, down to nothing.
   *
   * @param step from 1 to {@code steps}
   */
  static Rates at(int step, int steps) {
    double progress = (step - 1) / (double) steps;
    double rise = Math.min(1, step / (double) WARM_UP_STEPS);
    double factor =
        progress < DROP
            ? Math.min(rise, (1 - progress) / (1 - FALL))
            : SETTLING * (1 - progress) / (1 - DROP);
    return new Rates(4e-3 * factor, 0.02 * factor, 0.1);
  }
}
