package io.reckon.engine.constraint;

import io.reckon.engine.constraint.Expression.Choice;
import io.reckon.engine.constraint.Expression.Empty;
import io.reckon.engine.constraint.Expression.Literal;
import io.reckon.engine.constraint.Expression.Nothing;
import io.reckon.engine.constraint.Expression.Reference;
import io.reckon.engine.constraint.Expression.Regular;
import io.reckon.engine.constraint.Expression.Repeat;
import io.reckon.engine.constraint.Expression.Sequence;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Makes expressions, and their derivatives. One thread at a time. */
final class Expressions {
  static final int UNBOUNDED = Integer.MAX_VALUE;

  private final Expression nothing = new Nothing();
  private final Expression empty = new Empty();
  private final BitSet spellable;
  private final List<Rule> rules = new ArrayList<>();

  /** What tells an expression from others; its parts are compared by identity. */
  private record Key(Class<?> kind, Object first, Object second, int from, int to) {}

  private final Map<Key, Expression> known = new HashMap<>();
  private boolean closed;

  /**
   * @param spellable bytes that are tokens of their own
   */
  Expressions(BitSet spellable) {
    this.spellable = spellable;
  }

  BitSet spellable() {
    return spellable;
  }

  Expression nothing() {
    return nothing;
  }

  Expression empty() {
    return empty;
  }

  /**
   * @throws io.reckon.engine.api.EngineException {@code BAD_OPTION} for half of a character
   */
  Expression literal(String text) {
    return literal(Utf8.bytes(text), 0);
  }

  private Expression literal(byte[] bytes, int from) {
    return from == bytes.length
        ? empty
        : known(
            new Key(Literal.class, bytes, null, from, 0),
            () -> new Literal(bytes, from, isSpellable(bytes, from)));
  }

  private boolean isSpellable(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (!spellable.get(bytes[i] & 0xff)) {
        return false;
      }
    }
    return true;
  }

  Expression regular(ByteAutomaton automaton) {
    return regular(automaton, automaton.start());
  }

  private Expression regular(ByteAutomaton automaton, int state) {
    if (state == ByteAutomaton.DEAD) {
      return nothing;
    }
    return automaton.isEnd(state)
        ? empty
        : known(
            new Key(Regular.class, automaton, null, state, 0), () -> new Regular(automaton, state));
  }

  Expression sequence(Expression... parts) {
    Expression whole = empty;
    for (int i = parts.length - 1; i >= 0; i--) {
      whole = pair(parts[i], whole);
    }
    return whole;
  }

  private Expression pair(Expression head, Expression tail) {
    if (head == nothing || tail == nothing) {
      return nothing;
    }
    if (head == empty || tail == empty) {
      return head == empty ? tail : head;
    }
    if (head instanceof Sequence nested) {
      return joined(nested, tail);
    }
    return known(new Key(Sequence.class, head, tail, 0, 0), () -> new Sequence(head, tail));
  }

  private Expression joined(Sequence first, Expression tail) {
    Deque<Expression> heads = new ArrayDeque<>();
    Expression last = first;
    while (last instanceof Sequence sequence) {
      heads.push(sequence.head);
      last = sequence.tail;
    }
    Expression whole = pair(last, tail);
    for (Expression head : heads) {
      whole = pair(head, whole);
    }
    return whole;
  }

  Expression optional(Expression expression) {
    return choice(List.of(empty, expression));
  }

  Expression choice(Collection<Expression> options) {
    Set<Expression> flat = new LinkedHashSet<>();
    for (Expression option : options) {
      if (option instanceof Choice nested) {
        flat.addAll(nested.options);
      } else if (option != nothing && !(closed && option.distance() >= Expression.NEVER)) {
        flat.add(option);
      }
    }
    Set<Expression> parted = parted(flat);
    return switch (parted.size()) {
      case 0 -> nothing;
      case 1 -> parted.iterator().next();
      default ->
          known(new Key(Choice.class, parted, null, 0, 0), () -> new Choice(List.copyOf(parted)));
    };
  }

  /** Makes one of options that begin alike, so that ways part where they must and no earlier. */
  private Set<Expression> parted(Set<Expression> options) {
    Set<Expression> heads = new HashSet<>();
    options.forEach(option -> heads.add(head(option)));
    if (heads.size() == options.size()) {
      return options;
    }
    Map<Expression, List<Expression>> tails = new LinkedHashMap<>();
    for (Expression option : options) {
      Expression tail = option instanceof Sequence sequence ? sequence.tail : empty;
      tails.computeIfAbsent(head(option), any -> new ArrayList<>()).add(tail);
    }
    Set<Expression> parted = new LinkedHashSet<>();
    tails.forEach((head, after) -> parted.add(pair(head, choice(after))));
    return parted;
  }

  private static Expression head(Expression option) {
    return option instanceof Sequence sequence ? sequence.head : option;
  }

  /**
   * @param body not empty
   * @param most at least {@code least}, or {@link #UNBOUNDED}
   */
  Expression repeat(Expression body, int least, int most) {
    if (most == 0) {
      return empty;
    }
    return least == 1 && most == 1
        ? body
        : known(
            new Key(Repeat.class, body, null, least, most), () -> new Repeat(body, least, most));
  }

  Rule rule(String name) {
    Rule rule = new Rule(name);
    rules.add(rule);
    return rule;
  }

  Expression reference(Rule rule) {
    return known(new Key(Reference.class, rule, null, 0, 0), () -> new Reference(rule));
  }

  private Expression known(Key key, Supplier<Expression> make) {
    Expression made = known.get(key);
    if (made == null) {
      made = make.get();
      known.put(key, made);
    }
    return made;
  }

  /** Number of expressions that are known by what they hold. */
  int size() {
    return known.size();
  }

  /** Forgets what is known; expressions that are in use stay good. */
  void forget() {
    known.clear();
  }

  /**
   * Says that all rules are defined; before this no expression has a distance.
   *
   * @throws io.reckon.engine.api.EngineException {@code BAD_OPTION} where a rule begins with itself
   */
  void close() {
    Set<Rule> good = new HashSet<>();
    rules.forEach(rule -> requireProgress(rule, new HashSet<>(), good));
    closed = true;
    for (boolean changed = true; changed; ) {
      changed = false;
      IdentityHashMap<Expression, Integer> seen = new IdentityHashMap<>();
      for (Rule rule : rules) {
        int distance = distance(rule.body(), seen);
        changed |= distance != rule.distance();
        rule.setDistance(distance);
      }
    }
  }

  /**
   * @param open rules that began where this one begins
   * @param good rules that were looked at
   */
  private static void requireProgress(Rule rule, Set<Rule> open, Set<Rule> good) {
    if (good.contains(rule)) {
      return;
    }
    if (!open.add(rule)) {
      throw ConstraintErrors.at(rule.name(), "refers to itself before it says anything; end that");
    }
    List<Expression> firsts = new ArrayList<>(List.of(rule.body()));
    while (!firsts.isEmpty()) {
      Expression first = firsts.remove(firsts.size() - 1);
      if (first instanceof Sequence sequence) {
        firsts.add(sequence.head);
      } else if (first instanceof Choice choice) {
        firsts.addAll(choice.options);
      } else if (first instanceof Reference reference) {
        requireProgress(reference.rule, open, good);
      }
    }
    open.remove(rule);
    good.add(rule);
  }

  /** A distance by what is known of the rules so far. */
  private static int distance(Expression of, Map<Expression, Integer> seen) {
    of.visitPartsFirst(seen::containsKey, part -> seen.put(part, part.computeDistance(seen::get)));
    return seen.get(of);
  }

  /** What may follow once {@code value}, 0 to 255, was the first byte. */
  Expression derivative(Expression of, int value) {
    return derivative(of, value, new IdentityHashMap<>());
  }

  /**
   * @param seen derivatives of what was met before: ways that meet again share what they hold, each
   *     level of an answer may double them, and each part must be looked at once
   */
  private Expression derivative(Expression of, int value, Map<Expression, Expression> seen) {
    Expression before = seen.get(of);
    if (before != null) {
      return before;
    }
    Expression derivative = computeDerivative(of, value, seen);
    seen.put(of, derivative);
    return derivative;
  }

  private Expression computeDerivative(Expression of, int value, Map<Expression, Expression> seen) {
    if (of instanceof Literal literal) {
      return (literal.bytes[literal.from] & 0xff) == value
          ? literal(literal.bytes, literal.from + 1)
          : nothing;
    }
    if (of instanceof Regular regular) {
      return regular(regular.automaton, regular.automaton.next(regular.state, value));
    }
    if (of instanceof Sequence sequence) {
      Expression first = pair(derivative(sequence.head, value, seen), sequence.tail);
      return sequence.head.isNullable()
          ? choice(List.of(first, derivative(sequence.tail, value, seen)))
          : first;
    }
    if (of instanceof Choice choice) {
      List<Expression> options = new ArrayList<>();
      choice.options.forEach(option -> options.add(derivative(option, value, seen)));
      return choice(options);
    }
    if (of instanceof Repeat repeat) {
      return pair(derivative(repeat.body, value, seen), afterOne(repeat));
    }
    return of instanceof Reference reference
        ? derivative(reference.rule.body(), value, seen)
        : nothing;
  }

  private Expression afterOne(Repeat repeat) {
    return repeat(
        repeat.body,
        Math.max(0, repeat.least - 1),
        repeat.most == UNBOUNDED ? UNBOUNDED : repeat.most - 1);
  }
}
