package io.reckon.engine.train.problem;

import java.util.List;
import java.util.Optional;

/** Addition and subtraction. */
final class Sums {
  private static final int MAXIMUM_DIGITS = 8;

  private static final List<String> ADDITIONS =
      List.of(
          "What is {a}{+}{b}?",
          "{a}{+}{b}",
          "{a}{+}{b} = ?",
          "{a}{+}{b} =",
          "Add {a} and {b}.",
          "Add {a} to {b}.",
          "Compute {a}{+}{b}.",
          "Calculate the sum of {a} and {b}.",
          "What is the sum of {a} and {b}?",
          "How much is {a} plus {b}?",
          "What do you get when you add {b} to {a}?",
          "Find {a}{+}{b}.",
          "Work out {a} plus {b}.",
          "{a} plus {b}");

  /** {@code b} is taken from {@code a}. */
  private static final List<String> SUBTRACTIONS =
      List.of(
          "What is {a}{-}{b}?",
          "{a}{-}{b}",
          "{a}{-}{b} = ?",
          "{a}{-}{b} =",
          "Subtract {b} from {a}.",
          "Compute {a}{-}{b}.",
          "Calculate {a} minus {b}.",
          "What is {a} minus {b}?",
          "How much is {a} less {b}?",
          "What is the difference {a}{-}{b}?",
          "Take {b} away from {a}.",
          "What remains when {b} is taken from {a}?",
          "Work out {a} minus {b}.",
          "Find {a}{-}{b}.");

  private Sums() {}

  static Problem addition(Randomness random) {
    return addition(random, MAXIMUM_DIGITS);
  }

  static Problem addition(Randomness random, int maximumDigits) {
    long x = random.number(random.between(1, maximumDigits));
    long y = random.number(random.between(1, maximumDigits));
    if (random.chance(0.05)) {
      y = complement(x);
    }
    return addition(random, x, y);
  }

  private static Problem addition(Randomness random, long x, long y) {
    Wording wording = new Wording(random);
    String template = random.pick(ADDITIONS);
    String prompt = wording.prompt(template, wording.number(x), wording.number(y));
    Worksheet sheet = new Worksheet();
    boolean swapped = template.indexOf("{b}") < template.indexOf("{a}");
    long sum = swapped ? sheet.add(y, x) : sheet.add(x, y);
    return new Problem(
        Family.ADDITION,
        prompt,
        Optional.empty(),
        sheet.toString(),
        Long.toString(sum),
        "add " + Math.min(x, y) + " " + Math.max(x, y));
  }

  static Problem subtraction(Randomness random) {
    return subtraction(random, MAXIMUM_DIGITS);
  }

  static Problem subtraction(Randomness random, int maximumDigits) {
    int digits = random.between(1, maximumDigits);
    long x = random.number(digits);
    long y = random.number(random.between(1, maximumDigits));
    if (random.chance(0.2)) {
      y = sharingHighestDigits(random, x, digits);
    } else if (random.chance(0.03)) {
      y = x;
    } else if (x < y && random.chance(0.3)) {
      return subtraction(random, y, x);
    }
    return subtraction(random, x, y);
  }

  private static Problem subtraction(Randomness random, long x, long y) {
    Wording wording = new Wording(random);
    String prompt = wording.prompt(random.pick(SUBTRACTIONS), wording.number(x), wording.number(y));
    Worksheet sheet = new Worksheet();
    long difference = sheet.subtract(x, y);
    return new Problem(
        Family.SUBTRACTION,
        prompt,
        Optional.empty(),
        sheet.toString(),
        Long.toString(difference),
        "subtract " + x + " " + y);
  }

  /** A number of as many digits whose highest digits are those of {@code x}. */
  static long sharingHighestDigits(Randomness random, long x, int digits) {
    long unit = (long) Math.pow(10, random.between(1, digits));
    long lower = random.number(random.between(1, Long.toString(unit).length() - 1));
    return x / unit * unit + lower % unit;
  }

  /** What makes every column of the sum nine or, with one more, carry all the way. */
  private static long complement(long x) {
    long nines = (long) Math.pow(10, Long.toString(x).length()) - 1;
    return Math.min(nines - x + x % 2, nines);
  }
}
