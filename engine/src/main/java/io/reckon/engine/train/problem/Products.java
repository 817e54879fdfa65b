package io.reckon.engine.train.problem;

import java.util.List;
import java.util.Optional;

/** Multiplication. */
final class Products {
  private static final int MAXIMUM_DIGITS = 3;

  private static final List<String> TEMPLATES =
      List.of(
          "What is {a}{*}{b}?",
          "{a}{*}{b}",
          "{a}{*}{b} = ?",
          "{a}{*}{b} =",
          "Multiply {a} by {b}.",
          "Multiply {a} and {b}.",
          "Compute {a}{*}{b}.",
          "Calculate the product of {a} and {b}.",
          "What is the product of {a} and {b}?",
          "What is {a} times {b}?",
          "How much is {a} times {b}?",
          "Find {a}{*}{b}.",
          "Work out {a} multiplied by {b}.",
          "{a} times {b}");

  private Products() {}

  static Problem draw(Randomness random) {
    return draw(
        random,
        random.number(random.between(1, MAXIMUM_DIGITS)),
        random.number(random.between(1, MAXIMUM_DIGITS)));
  }

  static Problem draw(Randomness random, long x, long y) {
    Wording wording = new Wording(random);
    String prompt = wording.prompt(random.pick(TEMPLATES), wording.number(x), wording.number(y));
    Worksheet sheet = new Worksheet();
    long product = sheet.multiply(x, y);
    return new Problem(
        Family.MULTIPLICATION,
        prompt,
        Optional.empty(),
        sheet.toString(),
        Long.toString(product),
        "multiply " + Math.min(x, y) + " " + Math.max(x, y));
  }
}
