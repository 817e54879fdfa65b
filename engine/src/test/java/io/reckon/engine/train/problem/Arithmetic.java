package io.reckon.engine.train.problem;

import java.math.BigInteger;

/** Evaluates {@code + - * /} with parentheses by recursive descent; a division must be exact. */
final class Arithmetic {
  private final String text;
  private int position;

  private Arithmetic(String text) {
    this.text = text;
  }

  static BigInteger evaluate(String text) {
    Arithmetic arithmetic = new Arithmetic(text);
    BigInteger value = arithmetic.sum();
    if (arithmetic.position < text.length()) {
      throw new AssertionError("cannot read " + text + " from character " + arithmetic.position);
    }
    return value;
  }

  private BigInteger sum() {
    BigInteger value = product();
    while (at('+') || at('-')) {
      boolean plus = text.charAt(position++) == '+';
      value = plus ? value.add(product()) : value.subtract(product());
    }
    return value;
  }

  private BigInteger product() {
    BigInteger value = factor();
    while (at('*') || at('/')) {
      boolean times = text.charAt(position++) == '*';
      value = times ? value.multiply(factor()) : exactly(value, factor());
    }
    return value;
  }

  private BigInteger factor() {
    if (at('(')) {
      position++;
      BigInteger value = sum();
      position++;
      return value;
    }
    int start = position;
    if (at('-')) {
      position++;
    }
    while (position < text.length() && Character.isDigit(text.charAt(position))) {
      position++;
    }
    return new BigInteger(text.substring(start, position));
  }

  private BigInteger exactly(BigInteger value, BigInteger divisor) {
    BigInteger[] parts = value.divideAndRemainder(divisor);
    if (parts[1].signum() != 0) {
      throw new AssertionError("not exact: " + value + "/" + divisor + " in " + text);
    }
    return parts[0];
  }

  private boolean at(char expected) {
    return position < text.length() && text.charAt(position) == expected;
  }
}
