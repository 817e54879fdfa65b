package io.reckon.engine.constraint;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * A set of byte strings: what may still follow. Made by {@link Expressions}, which gives equal ones
 * as one object, so that they are compared by identity. The thread of their {@link Expressions}
 * only.
 */
abstract sealed class Expression {
  /** More than any answer can have. */
  static final int NEVER = Integer.MAX_VALUE / 4;

  private static final int UNKNOWN = -1;

  private int distance = UNKNOWN;

  /** What walks have learned of this state; null before the first. */
  StateNotes notes;

  /**
   * The length of the shortest string, in bytes that are tokens of their own; so no more tokens are
   * needed. {@link #NEVER} where no string can be spelled. Only once all rules are closed.
   */
  final int distance() {
    if (distance == UNKNOWN) {
      visitPartsFirst(
          part -> part.distance != UNKNOWN,
          part -> part.distance = part.computeDistance(Expression::distance));
    }
    return distance;
  }

  /**
   * @param ofPart distances of parts
   */
  abstract int computeDistance(ToIntFunction<Expression> ofPart);

  /** What this is put together from; rules that it refers to are none of it. */
  List<Expression> parts() {
    return List.of();
  }

  /** Visits this and its parts that are not known, parts first. Schemas are longer than a stack. */
  final void visitPartsFirst(Predicate<Expression> isKnown, Consumer<Expression> visitor) {
    Deque<Expression> open = new ArrayDeque<>();
    open.push(this);
    while (!open.isEmpty()) {
      int before = open.size();
      Expression first = open.peek();
      for (Expression part : first.parts()) {
        if (!isKnown.test(part)) {
          open.push(part);
        }
      }
      if (open.size() == before) {
        visitor.accept(open.pop());
      }
    }
  }

  /** Whether the empty string is one of them. */
  final boolean isNullable() {
    return distance() == 0;
  }

  static int sum(int left, int right) {
    return Math.min(NEVER, left + right);
  }

  static int product(int times, int distance) {
    return (int) Math.min(NEVER, (long) times * distance);
  }

  /** No string at all. */
  static final class Nothing extends Expression {
    @Override
    int computeDistance(ToIntFunction<Expression> ofPart) {
      return NEVER;
    }
  }

  /** The empty string. */
  static final class Empty extends Expression {
    @Override
    int computeDistance(ToIntFunction<Expression> ofPart) {
      return 0;
    }
  }

  /** The rest of one string. */
  static final class Literal extends Expression {
    final byte[] bytes;
    final int from;
    private final boolean spellable;

    Literal(byte[] bytes, int from, boolean spellable) {
      this.bytes = bytes;
      this.from = from;
      this.spellable = spellable;
    }

    @Override
    int computeDistance(ToIntFunction<Expression> ofPart) {
      return spellable ? bytes.length - from : NEVER;
    }
  }

  /** What an automaton accepts from one of its states. */
  static final class Regular extends Expression {
    final ByteAutomaton automaton;
    final int state;

    Regular(ByteAutomaton automaton, int state) {
      this.automaton = automaton;
      this.state = state;
    }

    @Override
    int computeDistance(ToIntFunction<Expression> ofPart) {
      return automaton.distance(state);
    }
  }

  /** One after the other; {@code head} is no sequence. */
  static final class Sequence extends Expression {
    final Expression head;
    final Expression tail;

    Sequence(Expression head, Expression tail) {
      this.head = head;
      this.tail = tail;
    }

    @Override
    int computeDistance(ToIntFunction<Expression> ofPart) {
      return sum(ofPart.applyAsInt(head), ofPart.applyAsInt(tail));
    }

    @Override
    List<Expression> parts() {
      return List.of(head, tail);
    }
  }

  /** Any of several, none of them a choice. */
  static final class Choice extends Expression {
    final List<Expression> options;

    Choice(List<Expression> options) {
      this.options = options;
    }

    @Override
    int computeDistance(ToIntFunction<Expression> ofPart) {
      int least = NEVER;
      for (Expression option : options) {
        least = Math.min(least, ofPart.applyAsInt(option));
      }
      return least;
    }

    @Override
    List<Expression> parts() {
      return options;
    }
  }

  /**
   * Several of the same, none of them empty; {@code most} is {@link Expressions#UNBOUNDED} for any
   * number.
   */
  static final class Repeat extends Expression {
    final Expression body;
    final int least;
    final int most;

    Repeat(Expression body, int least, int most) {
      this.body = body;
      this.least = least;
      this.most = most;
    }

    @Override
    int computeDistance(ToIntFunction<Expression> ofPart) {
      return least == 0 ? 0 : product(least, ofPart.applyAsInt(body));
    }

    @Override
    List<Expression> parts() {
      return List.of(body);
    }
  }

  /** A rule by its name, so that rules can hold themselves. */
  static final class Reference extends Expression {
    final Rule rule;

    Reference(Rule rule) {
      this.rule = rule;
    }

    @Override
    int computeDistance(ToIntFunction<Expression> ofPart) {
      return rule.distance();
    }
  }
}
