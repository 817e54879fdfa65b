package io.reckon.engine.train.problem;

import java.util.List;
import java.util.Optional;

/** The greatest common divisor by Euclid. */
final class Divisors {
  private static final int LARGEST = 99;

  private static final List<String> TEMPLATES =
      List.of(
          "What is the greatest common divisor of {a} and {b}?",
          "gcd({a}, {b})",
          "gcd({a}, {b}) = ?",
          "GCD of {a} and {b}",
          "Find the greatest common divisor of {a} and {b}.",
          "Compute gcd({a}, {b}).",
          "What is the GCD of {a} and {b}?",
          "What is the greatest common factor of {a} and {b}?",
          "Find the highest common factor of {a} and {b}.",
          "What is the largest number that divides both {a} and {b}?",
          "Calculate the GCD of {a} and {b}.",
          "Give the largest common divisor of {a} and {b}.");

  private Divisors() {}

  static Problem draw(Randomness random) {
    int x = random.between(2, LARGEST);
    int y = random.between(2, LARGEST);
    if (random.chance(0.5)) {
      int common = random.between(2, 33);
      x = common * random.between(1, LARGEST / common);
      y = common * random.between(1, LARGEST / common);
    }
    Wording wording = new Wording(random);
    String prompt = wording.prompt(random.pick(TEMPLATES), wording.number(x), wording.number(y));
    Worksheet sheet = new Worksheet();
    int divisor = solve(sheet, x, y);
    return new Problem(
        Family.GREATEST_COMMON_DIVISOR,
        prompt,
        Optional.empty(),
        sheet.toString(),
        Integer.toString(divisor),
        "gcd " + Math.min(x, y) + " " + Math.max(x, y));
  }

  /**
   * Takes the smaller from the larger, comparing after each time, until the smaller is at most 12;
   * then divides until nothing remains.
   */
  private static int solve(Worksheet sheet, int x, int y) {
    if (sheet.compare(Places.of(x), Places.of(y)).equals("=")) {
      return x;
    }
    int larger = Math.max(x, y);
    int smaller = Math.min(x, y);
    while (smaller > Quotients.LARGEST_DIVISOR) {
      int rest = (int) sheet.subtractSmaller(larger, smaller);
      sheet.line(Worksheet.comparison(Places.of(rest), Places.of(smaller)));
      if (rest == smaller) {
        return rest;
      }
      larger = Math.max(rest, smaller);
      smaller = Math.min(rest, smaller);
    }
    return byDivision(sheet, larger, smaller);
  }

  private static int byDivision(Worksheet sheet, int larger, int smaller) {
    int divisor = smaller;
    int remainder = sheet.remainder(larger, divisor);
    while (remainder > 1) {
      int next = sheet.remainder(divisor, remainder);
      divisor = remainder;
      remainder = next;
    }
    return remainder == 1 ? 1 : divisor;
  }

  static int greatestCommonDivisor(int x, int y) {
    return y == 0 ? x : greatestCommonDivisor(y, x % y);
  }
}
