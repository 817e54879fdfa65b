package io.reckon.engine;

import io.reckon.engine.checkpoint.Checkpoint;
import io.reckon.engine.checkpoint.ModelConfiguration;
import io.reckon.engine.schedule.StepCost;

/** What a model's steps cost by its shape; docs/performance.md has those that were measured. */
final class StepCosts {
  private static final double FIXED_ROWS = 8;

  /** A GPU reads all weights in the time of many rows. Not measured. */
  private static final double FIXED_ROWS_ON_GPU = 64;

  /** How much faster a CPU multiplies by weights than with the cache. */
  private static final double FASTER_WEIGHTS = 3;

  private StepCosts() {}

  /** By products: a row has one with each weight, and two with all of the cache for each head. */
  static StepCost of(Checkpoint checkpoint, boolean onGpu) {
    ModelConfiguration model = checkpoint.configuration();
    long ofToken = 2L * model.heads() * model.cacheNumbersPerToken();
    double tokens = (double) checkpoint.parameters() / ofToken;
    return onGpu
        ? new StepCost(FIXED_ROWS_ON_GPU, tokens)
        : new StepCost(FIXED_ROWS, tokens / FASTER_WEIGHTS);
  }
}
