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
  private static final double COOL_DOWN_SHARE = 0.65;

  /** A linear rise over the first steps, a plateau, then a linear fall to nothing. */
  static Rates at(int step, int steps) {
    double rise = Math.min(1, step / (double) WARM_UP_STEPS);
    double fall = Math.min(1, (steps - step + 1) / (COOL_DOWN_SHARE * steps));
    double factor = Math.min(rise, fall);
    return new Rates(4e-3 * factor, 0.02 * factor, 0.1);
  }
}
