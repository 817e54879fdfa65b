package io.reckon.engine.constraint;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One answer that is held to a constraint, while it grows. One thread at a time. */
public final class ConstraintRun {
  private static final int[] NO_TOKENS = {};

  private final Constraint constraint;
  private final boolean lineEndsBefore;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private Expression state;

  ConstraintRun(Constraint constraint, Expression start, boolean lineEndsBefore) {
    this.constraint = constraint;
    this.state = start;
    this.lineEndsBefore = lineEndsBefore;
  }

  /**
   * The tokens that may come next, the ends among them where the answer may end. After any of them
   * the answer can still be brought to its end in time.
   *
   * @param left tokens that may come, the next included
   */
  public TokenMask mask(int left) {
    constraint.automaton().tidy();
    return constraint.automaton().mask(state, left);
  }

  /** Adds a token that the mask allows, or one that was forced; not an end. */
  public void append(int token) {
    written.writeBytes(constraint.bytes(token));
    state = constraint.automaton().next(state, token);
  }

  /** Tokens that must come next; none where the model has a choice. */
  public int[] forced() {
    return isDone() ? NO_TOKENS : constraint.forcedTokens(state);
  }

  /** Whether nothing can follow. */
  public boolean isDone() {
    return constraint.automaton().isDone(state);
  }

  /** Whether the answer may end here. */
  public boolean mayEnd() {
    return state.isNullable();
  }

  /** What was written. */
  public String text() {
    return new String(answer(), StandardCharsets.UTF_8);
  }

  /** The answer as a JSON value; a string where the constraint is not a schema. */
  public String parsed() {
    return constraint.parsed(answer());
  }

  private byte[] answer() {
    byte[] bytes = written.toByteArray();
    int from = 0;
    while (lineEndsBefore && from < bytes.length && bytes[from] == '\n') {
      from++;
    }
    return Arrays.copyOfRange(bytes, from, bytes.length);
  }
}
