package io.reckon.engine.train.problem;

import java.util.ArrayList;
import java.util.List;

/**
 * A number written with the name of the place before each digit, highest first: 9284 is {@code
 * d9c2b8a4}. {@code a} is the ones, {@code b} the tens and so on; {@code u}, {@code v}, {@code w}
 * are tenths, hundredths and thousandths; {@code r} is a remainder, which may have two digits.
 */
record Places(boolean negative, String letters, List<String> digits) {

  static Places of(long number) {
    return digits(number < 0, Long.toString(Math.abs(number)));
  }

  /** Keeps the zeros that {@code digits} starts with. */
  static Places digits(boolean negative, String digits) {
    return new Places(
        negative, letters(digits.length()), digits.chars().mapToObj(Character::toString).toList());
  }

  /** A decimal such as {@code 12.50}, its last zeros kept. */
  static Places decimal(String number) {
    int point = number.indexOf('.');
    if (point < 0) {
      return digits(false, number);
    }
    Places whole = digits(false, number.substring(0, point));
    List<String> digits = new ArrayList<>(whole.digits);
    number.substring(point + 1).chars().mapToObj(Character::toString).forEach(digits::add);
    return new Places(
        false, whole.letters + "uvw".substring(0, number.length() - point - 1), digits);
  }

  Places withRemainder(long remainder) {
    List<String> all = new ArrayList<>(digits);
    all.add(Long.toString(remainder));
    return new Places(negative, letters + "r", all);
  }

  char highest() {
    return letters.charAt(0);
  }

  /** The digit at a place, 0 where the number has none. */
  String at(char letter) {
    int index = letters.indexOf(letter);
    return index < 0 ? "0" : digits.get(index);
  }

  int digit(char letter) {
    return Integer.parseInt(at(letter));
  }

  private static String letters(int count) {
    return new StringBuilder("abcdefghi".substring(0, count)).reverse().toString();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(negative ? "-" : "");
    for (int i = 0; i < letters.length(); i++) {
      text.append(letters.charAt(i)).append(digits.get(i));
    }
    return text.toString();
  }
}
