package io.reckon.engine.constraint;

import io.reckon.engine.constraint.Expression.Choice;
import io.reckon.engine.constraint.Expression.Repeat;
import io.reckon.engine.constraint.Expression.Sequence;
import io.reckon.engine.constraint.StateNotes.Horizon;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * States as far as one token can look.
 *
 * @param longestToken bytes of the longest
 */
record Horizons(Expressions expressions, int longestToken) {
  /** What was asked before, of one state: ways that meet again share what they hold. */
  private record Part(Expression state, int bytes) {}

  Horizon of(Expression state) {
    return of(state, longestToken, new HashMap<>());
  }

  /**
   * Cuts off what no token can reach, and counts that it can't come to the end of. So states that
   * differ in these alone share what is learned.
   *
   * @param bytes that can come
   */
  private Horizon of(Expression state, int bytes, Map<Part, Horizon> seen) {
    Part part = new Part(state, bytes);
    Horizon before = seen.get(part);
    if (before != null) {
      return before;
    }
    Horizon horizon = compute(state, bytes, seen);
    seen.put(part, horizon);
    return horizon;
  }

  private Horizon compute(Expression state, int bytes, Map<Part, Horizon> seen) {
    if (state instanceof Sequence sequence) {
      Horizon head = of(sequence.head, bytes, seen);
      int left = bytes - sequence.head.distance();
      if (left <= 0) {
        return new Horizon(head.state(), Expression.sum(head.beyond(), sequence.tail.distance()));
      }
      Horizon tail = of(sequence.tail, left, seen);
      return new Horizon(
          expressions.sequence(head.state(), tail.state()),
          Expression.sum(head.beyond(), tail.beyond()));
    }
    if (state instanceof Choice choice) {
      List<Horizon> options = choice.options.stream().map(o -> of(o, bytes, seen)).toList();
      return new Horizon(
          expressions.choice(options.stream().map(Horizon::state).toList()),
          options.stream().mapToInt(Horizon::beyond).max().orElse(0));
    }
    return state instanceof Repeat repeat ? ofRepeat(repeat) : new Horizon(state, 0);
  }

  private Horizon ofRepeat(Repeat repeat) {
    int enough = longestToken + 1;
    int least = Math.min(repeat.least, enough);
    int most = repeat.most >= enough ? Expressions.UNBOUNDED : repeat.most;
    return new Horizon(
        expressions.repeat(repeat.body, least, most),
        Expression.product(repeat.least - least, repeat.body.distance()));
  }
}
