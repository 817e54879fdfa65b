package io.reckon.engine.api;

import java.io.Serializable;

/**
 * How tokens are chosen.
 *
 * @param temperature 0 takes the likeliest token (greedy); above 0 divides the logits
 * @param topP the smallest set of tokens whose probability reaches this is kept, in (0, 1]
 * @param seed of this request's own random stream; with equal seeds a request repeats
 * @param maxNewTokens upper limit of generated tokens, reasoning included
 */
public record SamplingParameters(double temperature, double topP, long seed, int maxNewTokens)
    implements Serializable {
  public static final SamplingParameters GREEDY = new SamplingParameters(0, 1, 0, 1024);

  public SamplingParameters {
    if (!(temperature >= 0 && temperature <= 100)) {
      throw new EngineException(
          ErrorCode.BAD_OPTION,
          "temperature is " + temperature + "; give a number from 0 (greedy) to 100");
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new EngineException(
          ErrorCode.BAD_OPTION, "top-p is " + topP + "; give a number above 0 and up to 1");
    }
    if (maxNewTokens < 1) {
      throw new EngineException(
          ErrorCode.BAD_OPTION, "max-new-tokens is " + maxNewTokens + "; give 1 or more");
    }
  }

  public boolean greedy() {
    return temperature == 0;
  }

  public SamplingParameters withMaxNewTokens(int limit) {
    return new SamplingParameters(temperature, topP, seed, limit);
  }
}
