package io.reckon.engine.constraint;

/**
 * The tokens that may come next. Immutable.
 *
 * <p>Holds one bit for each token of the vocabulary.
 */
public final class TokenMask {
  private final long[] words;
  private final int count;

  /**
   * @param words bit {@code id % 64} of word {@code id / 64}; not copied
   */
  TokenMask(long[] words) {
    this.words = words;
    int bits = 0;
    for (long word : words) {
      bits += Long.bitCount(word);
    }
    this.count = bits;
  }

  /** Whether a token may come; those beyond the vocabulary may not. */
  public boolean allows(int token) {
    int word = token >> 6;
    return word < words.length && (words[word] >>> token & 1) != 0;
  }

  /** Their ids, ascending. */
  public int[] tokens() {
    int[] tokens = new int[count];
    int at = 0;
    for (int word = 0; word < words.length; word++) {
      for (long left = words[word]; left != 0; left &= left - 1) {
        tokens[at++] = (word << 6) + Long.numberOfTrailingZeros(left);
      }
    }
    return tokens;
  }
}
