package io.reckon.engine.schedule;

/**
 * Part of a sequence, to be computed in one step.
 *
 * @param from position of the first token
 * @param count tokens
 */
public record Slice(Sequence sequence, int from, int count) {
  /** Whether the step ends at the sequence's last token, so that the next can be sampled. */
  public boolean samples() {
    return from + count == sequence.length();
  }
}
