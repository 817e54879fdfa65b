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

  /** The share of the steps that finds the ways, and of its rates what the rest starts with. */
  private static final double FINDING = 0.25;

  private static final double SETTLING = 0.2;

  /**
   * A first part finds the ways, at rates so high that their noise hides the loss; at a fifth of
   * them the rest settles, down to nothing.
   *
   * @param step from 1 to {@code steps}
   */
  static Rates at(int step, int steps) {
    double progress = (step - 1) / (double) steps;
    double factor =
        progress < FINDING
            ? Math.min(1, step / (double) WARM_UP_STEPS)
            : SETTLING * (1 - progress) / (1 - FINDING);
    return new Rates(4e-3 * factor, 0.02 * factor, 0.1);
  }
}
