package io.reckon.engine.train.problem;

import java.util.List;
import java.util.Optional;

/** Division with remainder, and divisibility. */
final class Quotients {
  static final int LARGEST_DIVISOR = 12;
  private static final int MAXIMUM_DIGITS = 6;

  private static final List<String> DIVISIONS =
      List.of(
          "What is {a}{/}{b}?",
          "{a}{/}{b}",
          "{a}{/}{b} = ?",
          "{a}{/}{b} =",
          "Divide {a} by {b}.",
          "What is {a} divided by {b}?",
          "Compute {a}{/}{b} with remainder.",
          "Calculate {a} divided by {b}.",
          "Find the quotient and remainder of {a} divided by {b}.",
          "How many times does {b} go into {a}, and what is left over?",
          "What are the quotient and the remainder of {a}{/}{b}?",
          "Work out {a} divided by {b}.",
          "{a} divided by {b}");

  private static final List<String> DIVISIBILITIES =
      List.of(
          "Is {a} divisible by {b}?",
          "{a} divisible by {b}?",
          "Does {b} divide {a}?",
          "Does {b} divide {a} evenly?",
          "Is {a} a multiple of {b}?",
          "Is {b} a divisor of {a}?",
          "Is {b} a factor of {a}?",
          "Can {a} be divided by {b} without a remainder?",
          "Check whether {a} is divisible by {b}.",
          "Is {a}{/}{b} a whole number?",
          "Yes or no: is {a} divisible by {b}?",
          "Does {a}{/}{b} leave no remainder?");

  private Quotients() {}

  static Problem division(Randomness random) {
    return division(random, MAXIMUM_DIGITS);
  }

  static Problem division(Randomness random, int maximumDigits) {
    int divisor = random.between(2, LARGEST_DIVISOR);
    long dividend = random.number(random.between(1, maximumDigits));
    if (random.chance(0.2)) {
      dividend -= dividend % divisor;
    }
    Wording wording = new Wording(random);
    String prompt =
        wording.prompt(random.pick(DIVISIONS), wording.number(dividend), wording.number(divisor));
    Worksheet sheet = new Worksheet();
    long quotient = sheet.divide(dividend, divisor);
    return new Problem(
        Family.DIVISION,
        prompt,
        Optional.empty(),
        sheet.toString(),
        quotient + " remainder " + dividend % divisor,
        "divide " + dividend + " " + divisor);
  }

  static Problem divisibility(Randomness random) {
    int divisor = random.between(2, LARGEST_DIVISOR);
    long dividend = random.number(random.between(1, MAXIMUM_DIGITS));
    if (random.chance(0.45)) {
      dividend -= dividend % divisor;
    }
    Wording wording = new Wording(random);
    String prompt =
        wording.prompt(
            random.pick(DIVISIBILITIES), wording.number(dividend), wording.number(divisor));
    Worksheet sheet = new Worksheet();
    int remainder = sheet.remainder(dividend, divisor);
    return new Problem(
        Family.DIVISIBILITY,
        prompt,
        Optional.empty(),
        sheet.toString(),
        remainder == 0 ? "yes" : "no",
        "divide " + dividend + " " + divisor);
  }
}
