package io.reckon.engine.train.problem;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

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
   * Adds two or three numbers, none negative: {@code a4+7+0=11}, the digits of a place and the
   * carry, the sum in two digits.
   */
  long add(long... addends) {
    List<Places> places = Arrays.stream(addends).mapToObj(Places::of).toList();
    line(places.stream().map(Places::toString).collect(Collectors.joining("+")));
    return sum(places, false);
  }

  /** The sum of two numbers below zero, given without their signs. */
  long addNegative(long x, long y) {
    List<Places> places = List.of(Places.of(x), Places.of(y));
    line("-(" + places.get(0) + "+" + places.get(1) + ")");
    return sum(places, true);
  }

  private long sum(List<Places> addends, boolean negative) {
    int columns =
        addends.stream().mapToInt(places -> places.letters().length()).max().orElseThrow();
    StringBuilder digits = new StringBuilder();
    int carry = 0;
    for (char letter = 'a'; letter < 'a' + columns; letter++) {
      StringBuilder column = new StringBuilder().append(letter);
      int sum = carry;
      for (Places addend : addends) {
        column.append(addend.at(letter)).append('+');
        sum += Integer.parseInt(addend.at(letter));
      }
      line(column.append(carry).append('=').append(sum / 10).append(sum % 10).toString());
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
      int digit = Integer.parseInt(from.at(letter));
      int less = Integer.parseInt(take.at(letter)) + borrowed;
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
   * columns {@code b4*5+3=23} and the product in its place; then the sum of these.
   */
  long multiply(long x, long y) {
    Places left = Places.of(x);
    Places right = Places.of(y);
    if (left.letters().length() < right.letters().length()) {
      return multiply(y, x);
    }
    line(left + "*" + right);
    int digits = right.letters().length();
    long[] products = new long[digits];
    for (int shift = 0; shift < digits; shift++) {
      products[shift] = partialProduct(left, (char) ('a' + shift), right);
    }
    return digits == 1 ? products[0] : add(products);
  }

  private long partialProduct(Places left, char place, Places right) {
    int factor = Integer.parseInt(right.at(place));
    line("*" + place + factor);
    if (factor == 0) {
      line("=a0");
      return 0;
    }
    StringBuilder digits = new StringBuilder();
    int carry = 0;
    for (char letter = 'a'; letter <= left.highest(); letter++) {
      int product = Integer.parseInt(left.at(letter)) * factor + carry;
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
      int part = remainder * 10 + Integer.parseInt(dividend.at(letter));
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
    for (char letter : letters.toCharArray()) {
      int order = Integer.compare(Integer.parseInt(x.at(letter)), Integer.parseInt(y.at(letter)));
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
