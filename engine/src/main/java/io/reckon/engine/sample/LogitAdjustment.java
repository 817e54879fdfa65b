package io.reckon.engine.sample;

import io.reckon.engine.api.SamplingParameters;
import java.util.Map;

/**
 * A request's bias and penalties, with the tokens that they count: those of the prompt for
 * repetition, those of the output for all. One thread at a time.
 */
final class LogitAdjustment {
  private final int[] biased;
  private final float[] biases;
  private final float repetition;
  private final float presence;
  private final float frequency;
  private final boolean penalises;
  private final TokenCounts output = new TokenCounts();

  /**
   * @param prompt ids of the prompt's tokens
   */
  LogitAdjustment(SamplingParameters sampling, int[] prompt) {
    Map<Integer, Double> bias = sampling.logitBias();
    this.biased = bias.keySet().stream().mapToInt(Integer::intValue).toArray();
    this.biases = new float[biased.length];
    for (int i = 0; i < biased.length; i++) {
      biases[i] = bias.get(biased[i]).floatValue();
    }
    this.repetition = (float) sampling.repetitionPenalty();
    this.presence = (float) sampling.presencePenalty();
    this.frequency = (float) sampling.frequencyPenalty();
    this.penalises = repetition != 1 || presence != 0 || frequency != 0;
    if (repetition != 1) {
      for (int token : prompt) {
        output.add(token, 0);
      }
    }
  }

  /** Whether logits stay as they are. */
  boolean isNone() {
    return biased.length == 0 && !penalises;
  }

  /** Counts a token of the output. */
  void count(int token) {
    if (penalises) {
      output.add(token, 1);
    }
  }

  /** Changes the logits of all tokens, in place. */
  void adjust(float[] logits) {
    for (int i = 0; i < biased.length; i++) {
      logits[biased[i]] += biases[i];
    }
    output.forEach((token, count) -> logits[token] = penalised(logits[token], count));
  }

  private float penalised(float logit, int count) {
    float repeated = logit > 0 ? logit / repetition : logit * repetition;
    return count == 0 ? repeated : repeated - count * frequency - presence;
  }
}
