package io.reckon.engine.train;

import java.util.Map;

/** Hears how a training run goes, on the thread that runs it. */
public interface TrainingListener {
  /**
   * Means since the last call.
   *
   * @param step the last step done, of {@code steps}
   * @param loss natural-log loss a learnt token
   * @param tokensPerSecond tokens of problems a second
   */
  void progress(int step, int steps, double loss, double tokensPerSecond);

  /**
   * Share of reserved problems whose whole completion is right, token for token, by family. Given
   * the true tokens before it every token was the likeliest, so greedy decoding writes the same.
   */
  void evaluation(int step, Map<String, Double> accuracy);
}
