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
      keys[i] = key(tokens[i], logits[i]);
    }
    Arrays.sort(keys);
    return ofKeys(keys);
  }

  /** Ranks the tokens of the largest logits. */
  static RankedTokens largest(float[] logits, int count) {
    long[] keys = new long[Math.min(count, logits.length)]; // ascending
    int known = 0;
    for (int token = 0; token < logits.length; token++) {
      long key = key(token, logits[token]);
      if (known == keys.length && key > keys[known - 1]) {
        continue;
      }
      int place = -Arrays.binarySearch(keys, 0, known, key) - 1;
      known = Math.min(known + 1, keys.length);
      System.arraycopy(keys, place, keys, place + 1, known - 1 - place);
      keys[place] = key;
    }
    return ofKeys(keys);
  }

  /** An integer that sorts first by falling logit, then by id. */
  private static long key(int token, float logit) {
    return ((long) ~ascending(logit) << 32) | token;
  }

  private static RankedTokens ofKeys(long[] keys) {
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
