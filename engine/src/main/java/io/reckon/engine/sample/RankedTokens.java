package io.reckon.engine.sample;

import java.util.Arrays;

/**
 * Tokens by falling logit, equal ones by id.
 *
 * @param tokens ids
 * @param logits of {@code tokens}
 */
public record RankedTokens(int[] tokens, float[] logits) {
  /** Ranks every token by its logit. */
  static RankedTokens ofAll(float[] logits) {
    int[] tokens = new int[logits.length];
    Arrays.setAll(tokens, i -> i);
    return ranked(tokens, logits);
  }

  /** Ranks some tokens. */
  public static RankedTokens ranked(int[] tokens, float[] logits) {
    long[] keys = new long[tokens.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = ((long) ~ascending(logits[i]) << 32) | tokens[i];
    }
    Arrays.sort(keys);
    int[] rankedTokens = new int[keys.length];
    float[] rankedLogits = new float[keys.length];
    for (int i = 0; i < keys.length; i++) {
      rankedTokens[i] = (int) keys[i];
      rankedLogits[i] = fromAscending(~(int) (keys[i] >> 32));
    }
    return new RankedTokens(rankedTokens, rankedLogits);
  }

  int size() {
    return tokens.length;
  }

  /** An integer that sorts as the number does. */
  private static int ascending(float number) {
    int bits = Float.floatToIntBits(number);
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }

  private static float fromAscending(int key) {
    return Float.intBitsToFloat(key ^ ((key >> 31) & Integer.MAX_VALUE));
  }
}
