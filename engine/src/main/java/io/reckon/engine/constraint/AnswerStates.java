package io.reckon.engine.constraint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The states that answers come to, byte by byte: expressions of what may still follow, each with
 * what was learned of it. One thread at a time.
 */
final class AnswerStates {
  private static final int NOTES_BYTES = 1_100;
  private static final int EXPRESSION_BYTES = 150;

  private final Expressions expressions;
  private final List<Expression> noted = new ArrayList<>();

  AnswerStates(Expressions expressions) {
    this.expressions = expressions;
  }

  /** The state after a byte; {@link Expressions#nothing} where it can't come, or leads nowhere. */
  Expression next(Expression state, byte value) {
    Expression[] table = notes(state).next;
    Expression next = table[value & 0xff];
    if (next == null) {
      next = expressions.derivative(state, value & 0xff);
      next = next.distance() >= Expression.NEVER ? expressions.nothing() : next;
      table[value & 0xff] = next;
    }
    return next;
  }

  /** What is known of a state. */
  StateNotes notes(Expression state) {
    if (state.notes == null) {
      state.notes = new StateNotes();
      noted.add(state);
    }
    return state.notes;
  }

  /** Whether a byte led nowhere. */
  boolean isDead(Expression state) {
    return state == expressions.nothing();
  }

  /** Whether nothing can follow. */
  boolean isDone(Expression state) {
    return state == expressions.empty();
  }

  /** About how much memory holds what was learned. */
  long learnedBytes() {
    return (long) noted.size() * NOTES_BYTES + (long) expressions.size() * EXPRESSION_BYTES;
  }

  /** Gives up what was learned; states that are still in use learn it again. */
  void forget() {
    noted.forEach(state -> state.notes = null);
    noted.clear();
    expressions.forget();
  }

  /** The bytes that must come next, whatever follows. */
  byte[] forcedBytes(Expression state, int most) {
    byte[] forced = new byte[most];
    int count = 0;
    Expression at = state;
    while (count < most && !at.isNullable()) {
      int only = onlyByte(at);
      if (only < 0) {
        break;
      }
      forced[count++] = (byte) only;
      at = next(at, (byte) only);
    }
    return Arrays.copyOf(forced, count);
  }

  /** The one byte that can come; -1 where there are others, or none. */
  private int onlyByte(Expression state) {
    int only = -1;
    for (int value = 0; value < 256; value++) {
      if (!isDead(next(state, (byte) value))) {
        if (only >= 0) {
          return -1;
        }
        only = value;
      }
    }
    return only;
  }
}
