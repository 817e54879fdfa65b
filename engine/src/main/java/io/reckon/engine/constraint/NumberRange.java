package io.reckon.engine.constraint;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.util.automaton.Automata;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.Operations;

/**
 * The decimal spellings of the numbers in a range.
 *
 * @param least empty for none
 * @param most empty for none
 * @param fractionDigits most digits after the point; 0 for whole numbers
 */
record NumberRange(Optional<Bound> least, Optional<Bound> most, int fractionDigits) {
  /** Digits before the point where no bound has more. */
  static final int DIGITS = 15;

  /** An end of a range. */
  record Bound(BigDecimal value, boolean exclusive) {
    Bound negated() {
      return new Bound(value.negate(), exclusive);
    }
  }

  private static final Bound ZERO = new Bound(BigDecimal.ZERO, false);
  private static final Bound ABOVE_ZERO = new Bound(BigDecimal.ZERO, true);

  Automaton automaton() {
    Automaton positive = positive(least.orElse(ZERO), most);
    Automaton negative =
        positive(most.map(Bound::negated).orElse(ABOVE_ZERO), least.map(Bound::negated));
    Automaton belowZero = Operations.intersection(negative, above(ABOVE_ZERO.value(), true));
    return Operations.union(positive, Operations.concatenate(Automata.makeChar('-'), belowZero));
  }

  /** The numbers from 0 on that lie in a range. */
  private Automaton positive(Bound from, Optional<Bound> to) {
    Automaton numbers = numbers();
    if (from.value().signum() >= 0) {
      numbers = Operations.intersection(numbers, above(from.value(), from.exclusive()));
    }
    if (to.isPresent()) {
      numbers =
          to.get().value().signum() < 0
              ? Automata.makeEmpty()
              : Operations.intersection(numbers, below(to.get().value(), to.get().exclusive()));
    }
    return Operations.removeDeadStates(numbers);
  }

  /** All numbers from 0 on. */
  private Automaton numbers() {
    int digits = Math.max(DIGITS, Math.max(digits(least), digits(most)));
    Automaton whole =
        Operations.union(
            Automata.makeChar('0'),
            Operations.concatenate(
                Automata.makeCharRange('1', '9'), Operations.repeat(digit(), 0, digits - 1)));
    return Operations.concatenate(whole, fraction());
  }

  private static int digits(Optional<Bound> bound) {
    return bound.map(b -> 1 + b.value().abs().toBigInteger().toString().length()).orElse(0);
  }

  private Automaton fraction() {
    return fractionDigits == 0
        ? Automata.makeEmptyString()
        : Operations.optional(
            Operations.concatenate(
                Automata.makeChar('.'), Operations.repeat(digit(), 1, fractionDigits)));
  }

  private static Automaton digit() {
    return Automata.makeCharRange('0', '9');
  }

  /** Spellings of what is above a number from 0 on, with any fraction. */
  private static Automaton above(BigDecimal number, boolean exclusive) {
    String whole = number.toBigInteger().toString();
    String fraction = fractionOf(number);
    List<Automaton> options = new ArrayList<>();
    options.add(text(digitFrom('1'), Operations.repeat(digit(), whole.length()), anyFraction()));
    for (int i = 0; i < whole.length(); i++) {
      options.add(
          text(
              Automata.makeString(whole.substring(0, i)),
              digitFrom(whole.charAt(i) + 1),
              Operations.repeat(digit(), whole.length() - 1 - i, whole.length() - 1 - i),
              anyFraction()));
    }
    for (int i = 0; i < fraction.length(); i++) {
      options.add(
          text(
              Automata.makeString(whole + "." + fraction.substring(0, i)),
              digitFrom(fraction.charAt(i) + 1),
              Operations.repeat(digit())));
    }
    // Equal so far: anything may follow, but where the number itself is left out, not only zeros.
    Automaton more = text(Operations.repeat(digit()), digitFrom('1'), Operations.repeat(digit()));
    if (fraction.isEmpty()) {
      options.add(
          text(
              Automata.makeString(whole),
              exclusive ? text(Automata.makeChar('.'), more) : anyFraction()));
    } else {
      options.add(
          text(
              Automata.makeString(whole + "." + fraction),
              exclusive ? more : Operations.repeat(digit())));
    }
    return Operations.union(options);
  }

  /** Spellings of what is from 0 on and below a number, with any fraction. */
  private static Automaton below(BigDecimal number, boolean exclusive) {
    String whole = number.toBigInteger().toString();
    String fraction = fractionOf(number);
    List<Automaton> options = new ArrayList<>();
    if (whole.length() > 1) {
      options.add(text(Operations.repeat(digit(), 1, whole.length() - 1), anyFraction()));
    }
    for (int i = 0; i < whole.length(); i++) {
      options.add(
          text(
              Automata.makeString(whole.substring(0, i)),
              digitBelow(whole.charAt(i)),
              Operations.repeat(digit(), whole.length() - 1 - i, whole.length() - 1 - i),
              anyFraction()));
    }
    for (int i = 0; i < fraction.length(); i++) {
      String begun = whole + (i == 0 ? "" : "." + fraction.substring(0, i));
      options.add(Automata.makeString(begun));
      options.add(
          text(
              Automata.makeString(whole + "." + fraction.substring(0, i)),
              digitBelow(fraction.charAt(i)),
              Operations.repeat(digit())));
    }
    if (!exclusive) {
      options.add(equal(whole, fraction));
    }
    return Operations.union(options);
  }

  /** A number with any zeros at its end. */
  private static Automaton equal(String whole, String fraction) {
    Automaton zeros = Operations.repeat(Automata.makeChar('0'));
    return fraction.isEmpty()
        ? text(
            Automata.makeString(whole),
            Operations.optional(text(Automata.makeChar('.'), Automata.makeChar('0'), zeros)))
        : text(Automata.makeString(whole + "." + fraction), zeros);
  }

  /** Its digits after the point, without zeros at the end. */
  private static String fractionOf(BigDecimal number) {
    BigInteger whole = number.toBigInteger();
    String rest = number.subtract(new BigDecimal(whole)).stripTrailingZeros().toPlainString();
    int point = rest.indexOf('.');
    return point < 0 ? "" : rest.substring(point + 1);
  }

  private static Automaton text(Automaton... parts) {
    return Operations.concatenate(List.of(parts));
  }

  private static Automaton anyFraction() {
    return Operations.optional(text(Automata.makeChar('.'), Operations.repeat(digit(), 1)));
  }

  private static Automaton digitFrom(int first) {
    return first > '9' ? Automata.makeEmpty() : Automata.makeCharRange(first, '9');
  }

  private static Automaton digitBelow(int end) {
    return end == '0' ? Automata.makeEmpty() : Automata.makeCharRange('0', end - 1);
  }

  /** Spellings of whole numbers, with or without a sign, that a number divides. */
  static Automaton multiplesOf(int divisor) {
    Automaton.Builder multiples = new Automaton.Builder();
    int start = multiples.createState();
    int afterSign = multiples.createState();
    for (int rest = 0; rest < divisor; rest++) {
      multiples.createState();
    }
    multiples.setAccept(afterSign + 1, true);
    multiples.addTransition(start, afterSign, '-');
    for (int digit = 0; digit < 10; digit++) {
      multiples.addTransition(start, afterSign + 1 + digit % divisor, '0' + digit);
      multiples.addTransition(afterSign, afterSign + 1 + digit % divisor, '0' + digit);
      for (int rest = 0; rest < divisor; rest++) {
        int next = (rest * 10 + digit) % divisor;
        multiples.addTransition(afterSign + 1 + rest, afterSign + 1 + next, '0' + digit);
      }
    }
    return multiples.finish();
  }
}
