package io.reckon.engine.train.problem;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Answers a problem from its operands or its prompt, by other means than the generator's. */
final class AnswerOracle {
  private static final Pattern NUMBER = Pattern.compile("\\d[\\d,]*(?:[./]\\d+)?");

  private AnswerOracle() {}

  /** The answer, for every family but grading and refusal. */
  static String answer(Problem problem) {
    String[] operands = problem.operands().split(" ", -1);
    return switch (operands[0]) {
      case "add" -> integer(operands[1]).add(integer(operands[2])).toString();
      case "subtract" -> integer(operands[1]).subtract(integer(operands[2])).toString();
      case "multiply" -> integer(operands[1]).multiply(integer(operands[2])).toString();
      case "divide" -> divided(problem.family(), integer(operands[1]), integer(operands[2]));
      case "gcd" -> integer(operands[1]).gcd(integer(operands[2])).toString();
      case "evaluate" -> Arithmetic.evaluate(operands[1]).toString();
      case "solve" -> solved(operands[1]);
      case "word" -> Arithmetic.evaluate(operands[operands.length - 1]).toString();
      case "compare" -> compared(problem.prompt());
      default -> throw new AssertionError("unknown operation: " + problem.operands());
    };
  }

  private static String divided(Family family, BigInteger dividend, BigInteger divisor) {
    BigInteger[] parts = dividend.divideAndRemainder(divisor);
    if (family == Family.DIVISIBILITY) {
      return parts[1].signum() == 0 ? "yes" : "no";
    }
    return parts[0] + " remainder " + parts[1];
  }

  /** Tries every integer a solution may be. */
  private static String solved(String equation) {
    String[] sides = equation.split("=", -1);
    for (int x = -300; x <= 300; x++) {
      if (holds(sides[0], sides[1], x)) {
        return Integer.toString(x);
      }
    }
    throw new AssertionError("no solution: " + equation);
  }

  private static boolean holds(String left, String right, int x) {
    if (left.startsWith("x/") && x % Integer.parseInt(left.split("[/+-]", -1)[1]) != 0) {
      return false;
    }
    BigInteger value = Arithmetic.evaluate(left.replace("x", Integer.toString(x)));
    return value.equals(integer(right));
  }

  private static String compared(String prompt) {
    String question = prompt.toLowerCase(Locale.ROOT);
    List<String> numbers =
        NUMBER
            .matcher(prompt)
            .results()
            .map(MatchResult::group)
            .map(AnswerOracle::trimmed)
            .toList();
    String x = numbers.get(0);
    String y = numbers.get(1);
    int order = product(x, y).compareTo(product(y, x));
    if (question.contains("sign goes")
        || question.contains("compare")
        || question.contains("give")
        || question.contains(" ? ")) {
      return order < 0 ? "<" : order > 0 ? ">" : "=";
    }
    boolean yesOrNo = question.matches("(?s)\\s*(is|are) .*");
    if (yesOrNo) {
      boolean less =
          question.contains("less") || question.contains("smaller") || question.contains("<");
      boolean equal = question.contains("equal") || question.contains(" = ");
      return (equal ? order == 0 : less ? order < 0 : order > 0) ? "yes" : "no";
    }
    boolean smaller =
        question.contains("smaller") || question.contains("less") || question.contains("min");
    return order == 0 ? "equal" : (order < 0) == smaller ? x : y;
  }

  private static String trimmed(String number) {
    return number.endsWith(",") ? number.substring(0, number.length() - 1) : number;
  }

  /** The numerator of one times the denominator of the other. */
  private static BigDecimal product(String of, String by) {
    String[] numerator = of.replace(",", "").split("/", -1);
    String[] denominator = by.split("/", -1);
    BigDecimal factor = denominator.length > 1 ? new BigDecimal(denominator[1]) : BigDecimal.ONE;
    return new BigDecimal(numerator[0]).multiply(factor);
  }

  private static BigInteger integer(String text) {
    return new BigInteger(text);
  }
}
