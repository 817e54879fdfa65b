package io.reckon.engine.train;

import java.util.List;
import java.util.Random;

/** First weights: norms one, matrices normal by their input width, branch outputs zero. */
final class Initial {
  private static final double EMBEDDING_DEVIATION = 0.05;

  private Initial() {}

  static float[] weights(ModelShape shape, long seed) {
    Random random = new Random(seed);
    float[] all = new float[shape.parameters()];
    int at = 0;
    List<ModelShape.Weight> weights = shape.weights();
    for (ModelShape.Weight weight : weights) {
      for (int i = 0; i < weight.size(); i++) {
        all[at++] = weight.columns() == 0 ? 1 : (float) (deviation(weight) * random.nextGaussian());
      }
    }
    return all;
  }

  private static double deviation(ModelShape.Weight weight) {
    if (weight.name().contains("embed_tokens")) {
      return EMBEDDING_DEVIATION;
    }
    boolean endsBranch = weight.name().contains("o_proj") || weight.name().contains("down_proj");
    return endsBranch ? 0 : 1 / Math.sqrt(weight.columns());
  }
}
