package io.reckon.engine.sample;

import java.util.Arrays;

/** How often tokens were counted: an open-addressed map. One thread at a time. */
final class TokenCounts {
  /** What is done with a token and its count. */
  interface Action {
    void accept(int token, int count);
  }

  private static final int NONE = -1;
  private static final int SPREAD = 0x9E3779B9;

  /** INVARIANT: its length is a power of two, and at least half of it is {@link #NONE}. */
  private int[] tokens = filled(64);

  private int[] counts = new int[64];
  private int size;

  /** Adds to a token's count; adding 0 makes the token known. */
  void add(int token, int times) {
    int slot = slot(token);
    if (tokens[slot] == NONE) {
      tokens[slot] = token;
      size++;
    }
    counts[slot] += times;
    if (2 * size > tokens.length) {
      grow();
    }
  }

  /** Visits every known token once. */
  void forEach(Action action) {
    for (int slot = 0; slot < tokens.length; slot++) {
      if (tokens[slot] != NONE) {
        action.accept(tokens[slot], counts[slot]);
      }
    }
  }

  private int slot(int token) {
    int mask = tokens.length - 1;
    int slot = ((token * SPREAD) >>> 8) & mask;
    while (tokens[slot] != NONE && tokens[slot] != token) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    int[] oldTokens = tokens;
    int[] oldCounts = counts;
    tokens = filled(2 * oldTokens.length);
    counts = new int[tokens.length];
    for (int old = 0; old < oldTokens.length; old++) {
      if (oldTokens[old] != NONE) {
        int slot = slot(oldTokens[old]);
        tokens[slot] = oldTokens[old];
        counts[slot] = oldCounts[old];
      }
    }
  }

  private static int[] filled(int length) {
    int[] slots = new int[length];
    Arrays.fill(slots, NONE);
    return slots;
  }
}
