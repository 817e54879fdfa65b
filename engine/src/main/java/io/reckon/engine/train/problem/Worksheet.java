package io.reckon.engine.train.problem;

import java.util.ArrayList;
import java.util.List;

/**
 * The steps of a solution, written so that each token follows from a few others near by: digits
 * carry the name of their place, each column states its operands, its carry and its result.
 *
 * <p>Each routine starts by restating its operands and ends with a line {@code =result}. Where the
 * result starts with zeros it is repeated without: {@code =c0b0a7=a7}. Not thread-safe.
 */
final class Worksheet {
  private final List<String> lines = new ArrayList<>();

  Worksheet line(String line) {
    lines.add(line);
    return this;
  }

  @Override
  public String toString() {
    return String.join("\n", lines);
  }

  /**
   * Adds numbers that are not negative: {@code a4+7+0=11}, two digits, the carry, the sum in two.
   */
  long add(long x, long y) {
    line(Places.of(x) + "+" + Places.of(y));
    return sum(Places.of(x), Places.of(y), false);
  }

  /** The sum of two numbers below zero, given without their signs. */
  long addNegative(long x, long y) {
    line("-(" + Places.of(x) + "+" + Places.of(y) + ")");
    return sum(Places.of(x), Places.of(y), true);
  }

  private long sum(Places left, Places right, boolean negative) {
    StringBuilder digits = new StringBuilder();
    int carry = 0;
    int highest = Math.max(left.highest(), right.highest());
    for (char letter = 'a'; letter <= highest; letter++) {
      int sum = left.digit(letter) + right.digit(letter) + carry;
      line(
          letter
              + left.at(letter)
              + "+"
              + right.at(letter)
              + "+"
              + carry
              + "="
              + sum / 10
              + sum % 10);
      digits.insert(0, sum % 10);
      carry = sum / 10;
    }
    return result(negative, withCarry(carry, digits));
  }

  /**
   * Subtracts; neither is negative, the result may be. After a comparison the smaller is taken from
   * the larger: {@code a14-7-0=7}, where the 1 is a ten borrowed from the next place and the last
   * operand what the place before has borrowed.
   */
  long subtract(long x, long y) {
    line(Places.of(x) + "-" + Places.of(y));
    line(comparison(Places.of(x), Places.of(y)));
    if (x == y) {
      line("=a0");
      return 0;
    }
    if (x < y) {
      line("-(" + Places.of(y) + "-" + Places.of(x) + ")");
      return difference(y, x, true);
    }
    return difference(x, y, false);
  }

  /** Subtracts the smaller {@code y} from {@code x} with no comparison before. */
  long subtractSmaller(long x, long y) {
    line(Places.of(x) + "-" + Places.of(y));
    return difference(x, y, false);
  }

  private long difference(long larger, long smaller, boolean negative) {
    Places from = Places.of(larger);
    Places take = Places.of(smaller);
    StringBuilder digits = new StringBuilder();
    int borrowed = 0;
    for (char letter = 'a'; letter <= from.highest(); letter++) {
      int digit = from.digit(letter);
      int less = take.digit(letter) + borrowed;
      boolean borrow = digit < less;
      int result = digit - less + (borrow ? 10 : 0);
      line(
          letter
              + (borrow ? "1" : "")
              + digit
              + "-"
              + take.at(letter)
              + "-"
              + borrowed
              + "="
              + result);
      digits.insert(0, result);
      borrowed = borrow ? 1 : 0;
    }
    return result(negative, digits.toString());
  }

  /**
   * Multiplies, the number with fewer digits second: for each of its digits a line {@code *a5}, the
   * columns {@code b4*5+3=23} and the product in its place; then these are added one by one.
   */
  long multiply(long x, long y) {
    Places left = Places.of(x);
    Places right = Places.of(y);
    if (left.letters().length() < right.letters().length()) {
      return multiply(y, x);
    }
    line(left + "*" + right);
    List<Long> products = new ArrayList<>();
    for (char place = 'a'; place <= right.highest(); place++) {
      products.add(partialProduct(left, place, right));
    }
    long sum = products.get(0);
    for (long product : products.subList(1, products.size())) {
      sum = add(sum, product);
    }
    return sum;
  }

  private long partialProduct(Places left, char place, Places right) {
    int factor = right.digit(place);
    line("*" + place + factor);
    if (factor == 0) {
      line("=a0");
      return 0;
    }
    StringBuilder digits = new StringBuilder();
    int carry = 0;
    for (char letter = 'a'; letter <= left.highest(); letter++) {
      int product = left.digit(letter) * factor + carry;
      line(
          letter
              + left.at(letter)
              + "*"
              + factor
              + "+"
              + carry
              + "="
              + product / 10
              + product % 10);
      digits.insert(0, product % 10);
      carry = product / 10;
    }
    return result(false, withCarry(carry, digits) + "0".repeat(place - 'a'));
  }

  /**
   * Divides by a number up to 12 from the highest place down: {@code c42/7=6r0}, where the
   * remainder of the place before stands before the digit unless it is 0.
   *
   * @return the quotient; the last line ends with the remainder, {@code =b1a2r0}
   */
  long divide(long dividend, int divisor) {
    Places places = Places.of(dividend);
    line(places + "/" + divisor);
    StringBuilder digits = new StringBuilder();
    int remainder = longDivision(places, divisor, digits);
    long quotient = result(false, digits.toString());
    lines.set(lines.size() - 1, lines.get(lines.size() - 1) + "r" + remainder);
    return quotient;
  }

  /** Divides for the remainder alone, the last line: {@code r0}. */
  int remainder(long dividend, int divisor) {
    Places places = Places.of(dividend);
    line(places + "/" + divisor);
    int remainder = longDivision(places, divisor, new StringBuilder());
    line("r" + remainder);
    return remainder;
  }

  private int longDivision(Places dividend, int divisor, StringBuilder quotient) {
    int remainder = 0;
    for (char letter = dividend.highest(); letter >= 'a'; letter--) {
      int part = remainder * 10 + dividend.digit(letter);
      remainder = part % divisor;
      quotient.append(part / divisor);
      line(letter + "" + part + "/" + divisor + "=" + part / divisor + "r" + remainder);
    }
    return remainder;
  }

  /** Restates two numbers and compares them; returns {@code <}, {@code >} or {@code =}. */
  String compare(Places x, Places y) {
    line(x + "?" + y);
    String comparison = comparison(x, y);
    line(comparison);
    return sign(comparison);
  }

  /**
   * Compares from the highest place: {@code d>c} where the highest places differ, else digit by
   * digit up to the first that do, {@code d9=9,c2<5}. Different signs make {@code -<+}; two
   * negative numbers are compared without their signs.
   */
  static String comparison(Places x, Places y) {
    if (x.negative() != y.negative()) {
      return x.negative() ? "-<+" : "+>-";
    }
    if (x.highest() != y.highest()) {
      return x.highest() + (x.highest() > y.highest() ? ">" : "<") + y.highest();
    }
    List<String> walk = new ArrayList<>();
    String letters = x.letters().length() > y.letters().length() ? x.letters() : y.letters();
    for (int i = 0; i < letters.length(); i++) {
      char letter = letters.charAt(i);
      int order = Integer.compare(x.digit(letter), y.digit(letter));
      walk.add(letter + x.at(letter) + "<=>".charAt(order + 1) + y.at(letter));
      if (order != 0) {
        break;
      }
    }
    return String.join(",", walk);
  }

  /** The sign a comparison ends with. */
  static String sign(String comparison) {
    return comparison.contains("<") ? "<" : comparison.contains(">") ? ">" : "=";
  }

  private static String withCarry(int carry, StringBuilder digits) {
    return carry == 0 ? digits.toString() : carry + digits.toString();
  }

  private long result(boolean negative, String digits) {
    long number = Long.parseLong(digits) * (negative ? -1 : 1);
    Places written = Places.digits(negative, digits);
    Places stripped = Places.of(number);
    line("=" + written + (written.equals(stripped) ? "" : "=" + stripped));
    return number;
  }
}
