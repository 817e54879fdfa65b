package io.reckon.engine.schedule;

import java.util.Arrays;

/**
 * What came after the last few tokens when these came before. Contexts of several lengths share one
 * table of fixed size, in which what proves right stays; how often a context of a length that has
 * proved right so often is right again, is learned as well. It is what processors predict branches
 * by (A. Seznec and P. Michaud, "A case for (partially) TAgged GEometric history length branch
 * prediction", 2006), with tokens for branches.
 */
final class TokenHistory {
  /** The longest context. */
  static final int LONGEST = 8;

  /** Stands for the end of a sequence; no token's id. */
  static final int END = (1 << 28) - 1;

  private static final int[] LENGTHS = {1, 2, 3, 5, LONGEST};
  private static final int MOST_HITS = 7;
  private static final int PLACE_BITS = 20;
  private static final double FIRST_RATE = 0.25;
  private static final double RATE_STEP = 1.0 / 64;

  private static final int HITS_SHIFT = 28;
  private static final Guess NO_GUESS = new Guess(0, 0, 0);

  /** By context: 32 bits of its hash, 4 of the hits, 28 of the token. Zero where there is none. */
  private final long[] entries = new long[1 << PLACE_BITS];

  /** By kind: how often guesses of that kind were right, of those that were the best. */
  private final double[] rates = new double[LENGTHS.length * (MOST_HITS + 1)];

  TokenHistory() {
    Arrays.fill(rates, FIRST_RATE);
  }

  /**
   * A token that may come next.
   *
   * @param kind which context it is of, and how often that has proved right
   * @param likelihood how often the best guess was right when it was of that kind; 0, and only
   *     then, where there is no guess
   */
  record Guess(int token, int kind, double likelihood) {}

  /** The likeliest guess at what comes after the first {@code end} tokens. */
  Guess guess(int[] tokens, int end) {
    Guess best = NO_GUESS;
    long[] contexts = contexts(tokens, end);
    for (int k = 0; k < contexts.length; k++) {
      long entry = entries[place(contexts[k])];
      int kind = k * (MOST_HITS + 1) + hits(entry);
      if (tag(entry) == tagOf(contexts[k]) && rates[kind] >= best.likelihood()) {
        best = new Guess(token(entry), kind, rates[kind]);
      }
    }
    return best;
  }

  /**
   * Takes in that a token came after the first {@code at}.
   *
   * @param chosen whether anything else could have come, so that it says how good guesses are
   */
  void learn(int[] tokens, int at, int token, boolean chosen) {
    if (chosen) {
      rate(guess(tokens, at), token);
    }
    for (long hash : contexts(tokens, at)) {
      int place = place(hash);
      entries[place] = updated(entries[place], hash, token);
    }
  }

  /** Of the best guess alone: one that is right among many is not right where it is the best. */
  private void rate(Guess guess, int token) {
    if (guess.likelihood() > 0) {
      double right = guess.token() == token ? 1 : 0;
      rates[guess.kind()] += (right - rates[guess.kind()]) * RATE_STEP;
    }
  }

  /** One hit more or less; where there are none left, the new context and token in its place. */
  private static long updated(long entry, long hash, int token) {
    if (tag(entry) == tagOf(hash) && token(entry) == token) {
      return hits(entry) == MOST_HITS ? entry : entry + (1L << HITS_SHIFT);
    }
    return hits(entry) > 0 ? entry - (1L << HITS_SHIFT) : (tagOf(hash) << Integer.SIZE) | token;
  }

  /** The hashes of what comes before {@code end}, by length, as far as there are so many tokens. */
  private static long[] contexts(int[] tokens, int end) {
    long[] contexts = new long[LENGTHS.length];
    long hash = 0;
    int count = 0;
    for (int length = 1; length <= Math.min(LONGEST, end); length++) {
      hash = (hash + tokens[end - length] + 1) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 29;
      if (length == LENGTHS[count]) {
        contexts[count++] = hash;
      }
    }
    return Arrays.copyOf(contexts, count);
  }

  private static int place(long hash) {
    return (int) (hash >>> (Long.SIZE - PLACE_BITS));
  }

  /** Never zero. */
  private static long tagOf(long hash) {
    return (hash & 0xFFFFFFFFL) | 1;
  }

  private static long tag(long entry) {
    return entry >>> Integer.SIZE;
  }

  private static int hits(long entry) {
    return (int) (entry >>> HITS_SHIFT) & 0xF;
  }

  private static int token(long entry) {
    return (int) (entry & END);
  }
}
