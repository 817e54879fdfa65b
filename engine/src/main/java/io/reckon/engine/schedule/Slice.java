package io.reckon.engine.schedule;

/**
 * Part of a sequence, to be computed in one step.
 *
 * @param from position of the first token
 * @param count tokens, with drafts after the newest
 */
public record Slice(Sequence sequence, int from, int count) {
  /** Whether the step comes to the sequence's newest token, so that the next can be sampled. */
  public boolean samples() {
    return samples(from + count - 1);
  }

  /** Whether what comes after a position can be sampled: it is the newest token's, or a draft's. */
  public boolean samples(int position) {
    return position >= sequence.length() - 1;
  }

  /** Tokens without drafts. */
  int settled() {
    return Math.min(count, sequence.length() - from);
  }

  /**
   * Whether its tokens are computed a row each, as decodes are: of so few, a block would be padding
   * for the most.
   */
  public boolean inSingleRows(int blockTokens) {
    return count <= blockTokens / 2;
  }

  /** Rows that the step has for it, the padding of its blocks included. */
  int rows(int blockTokens) {
    return inSingleRows(blockTokens)
        ? count
        : (count + blockTokens - 1) / blockTokens * blockTokens;
  }
}
