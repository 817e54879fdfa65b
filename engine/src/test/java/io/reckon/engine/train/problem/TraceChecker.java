package io.reckon.engine.train.problem;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a trace as a person would who checks it: every line must be of a known form, and true.
 * Shares no code with what writes traces.
 */
final class TraceChecker {
  private static final String TAGGED = "-?(?:[a-iruvw]\\d+)+";
  private static final Pattern SUM_COLUMN = Pattern.compile("[a-i](\\d)((?:\\+\\d)+)=(\\d\\d)");
  private static final Pattern DIFFERENCE_COLUMN =
      Pattern.compile("[a-i](1?\\d)-(\\d)-([01])=(\\d)");
  private static final Pattern PRODUCT_COLUMN =
      Pattern.compile("[a-i](\\d)\\*(\\d)\\+(\\d)=(\\d\\d)");
  private static final Pattern DIVISION_STEP = Pattern.compile("[a-i](\\d+)/(\\d+)=(\\d+)r(\\d+)");
  private static final Pattern FACT = Pattern.compile("(\\d+)\\*(\\d+)=(\\d+)");
  private static final Pattern HEADER = Pattern.compile("\\*([a-i])(\\d)");
  private static final Pattern OPERATION =
      Pattern.compile("(-\\()?(" + TAGGED + "(?:[+*-]" + TAGGED + ")+)\\)?");
  private static final Pattern DIVISION = Pattern.compile("(" + TAGGED + ")/(\\d+)");
  private static final Pattern COMPARED = Pattern.compile("(" + TAGGED + ")\\?(" + TAGGED + ")");
  private static final Pattern RESULT =
      Pattern.compile("=(-?(?:[a-i]\\d)+)(?:=(-?(?:[a-i]\\d)+))?(?:r(\\d+))?");
  private static final Pattern REMAINDER = Pattern.compile("r(\\d+)");
  private static final Pattern DIGIT_RELATION = Pattern.compile("[a-iruvw](\\d+)([<=>])(\\d+)");
  private static final Pattern PLACE_RELATION = Pattern.compile("([a-i+-])([<>])([a-i+-])");
  private static final Pattern SAID =
      Pattern.compile(
          "[<=>]|=, (larger|smaller): equal|>, larger: first|<, larger: second"
              + "|>, smaller: second|<, smaller: first|<, less: yes|[=>], less: no"
              + "|>, greater: yes|[<=], greater: no|=, equal: yes|[<>], equal: no");
  private static final Pattern OPERATION_NAME = Pattern.compile("add|subtract|multiply|divide");

  private final String answer;
  private BigInteger due;
  private BigInteger dueRemainder = BigInteger.ZERO;
  private BigInteger multiplicand = BigInteger.ZERO;
  private BigInteger product;

  private TraceChecker(String answer) {
    this.answer = answer;
  }

  /** The lines that are false or not understood. */
  static List<String> faults(Problem problem) {
    TraceChecker checker = new TraceChecker(problem.answer());
    List<String> faults = new ArrayList<>();
    for (String line : problem.reasoning().split("\n", -1)) {
      if (!checker.holds(line)) {
        faults.add(line);
      }
    }
    return faults;
  }

  private boolean holds(String line) {
    return column(line)
        || step(line)
        || operation(line)
        || result(line)
        || relation(line)
        || OPERATION_NAME.matcher(line).matches()
        || arithmetic(line);
  }

  private static boolean column(String line) {
    Matcher sum = SUM_COLUMN.matcher(line);
    if (sum.matches()) {
      int total = Integer.parseInt(sum.group(1));
      for (String addend : sum.group(2).substring(1).split("\\+", -1)) {
        total += Integer.parseInt(addend);
      }
      return total == Integer.parseInt(sum.group(3));
    }
    Matcher difference = DIFFERENCE_COLUMN.matcher(line);
    if (difference.matches()) {
      return number(difference, 1) - number(difference, 2) - number(difference, 3)
          == number(difference, 4);
    }
    Matcher product = PRODUCT_COLUMN.matcher(line);
    return product.matches()
        && number(product, 1) * number(product, 2) + number(product, 3) == number(product, 4);
  }

  private static boolean step(String line) {
    Matcher division = DIVISION_STEP.matcher(line);
    if (division.matches()) {
      long divisor = number(division, 2);
      return number(division, 3) * divisor + number(division, 4) == number(division, 1)
          && number(division, 4) < divisor;
    }
    Matcher fact = FACT.matcher(line);
    return fact.matches() && number(fact, 1) * number(fact, 2) == number(fact, 3);
  }

  /** Opens a routine and remembers what it must come to. */
  private boolean operation(String line) {
    Matcher header = HEADER.matcher(line);
    if (header.matches()) {
      BigInteger place = BigInteger.TEN.pow(header.group(1).charAt(0) - 'a');
      product = multiplicand.multiply(new BigInteger(header.group(2))).multiply(place);
      return true;
    }
    Matcher division = DIVISION.matcher(line);
    if (division.matches()) {
      BigInteger[] parts =
          value(division.group(1)).divideAndRemainder(new BigInteger(division.group(2)));
      due = parts[0];
      dueRemainder = parts[1];
      return true;
    }
    Matcher operation = OPERATION.matcher(line);
    if (!operation.matches()) {
      return COMPARED.matcher(line).matches();
    }
    BigInteger value = evaluate(operation.group(2));
    due = operation.group(1) == null ? value : value.negate();
    return true;
  }

  private BigInteger evaluate(String operation) {
    if (operation.contains("*")) {
      String[] factors = operation.split("\\*", -1);
      multiplicand = value(factors[0]);
      return multiplicand.multiply(value(factors[1]));
    }
    if (operation.contains("-")) {
      String[] operands = operation.split("-", -1);
      return value(operands[0]).subtract(value(operands[1]));
    }
    product = null;
    BigInteger sum = BigInteger.ZERO;
    for (String addend : operation.split("\\+", -1)) {
      sum = sum.add(value(addend));
    }
    return sum;
  }

  private boolean result(String line) {
    Matcher remainder = REMAINDER.matcher(line);
    if (remainder.matches()) {
      return new BigInteger(remainder.group(1)).equals(dueRemainder);
    }
    Matcher result = RESULT.matcher(line);
    if (!result.matches()) {
      return false;
    }
    BigInteger expected = product == null ? due : product;
    product = null;
    return value(result.group(1)).equals(expected)
        && (result.group(2) == null || value(result.group(2)).equals(expected))
        && (result.group(3) == null || new BigInteger(result.group(3)).equals(dueRemainder));
  }

  private static boolean relation(String line) {
    Matcher places = PLACE_RELATION.matcher(line);
    if (places.matches()) {
      int order = rank(places.group(1)) - rank(places.group(3));
      return places.group(2).equals(order < 0 ? "<" : ">") && order != 0;
    }
    if (SAID.matcher(line).matches()) {
      return true;
    }
    for (String part : line.split(",", -1)) {
      Matcher relation = DIGIT_RELATION.matcher(part);
      if (!relation.matches()
          || !relation.group(2).equals(sign(number(relation, 1) - number(relation, 3)))) {
        return false;
      }
    }
    return true;
  }

  private static int rank(String place) {
    return switch (place) {
      case "-" -> -1;
      case "+" -> 0;
      default -> place.charAt(0);
    };
  }

  /** An expression or equation in plain digits; equations hold for the answer. */
  private boolean arithmetic(String line) {
    if (!line.matches("[x0-9+*/()=-]+")) {
      return false;
    }
    if (!line.contains("=")) {
      return Arithmetic.evaluate(line).equals(Arithmetic.evaluate(answer));
    }
    String x = answer.startsWith("incorrect: the answer is ") ? answer.substring(25) : answer;
    return x.equals("correct") || equationHolds(line, x);
  }

  private static boolean equationHolds(String equation, String x) {
    String[] sides = equation.replace("x", "(0+" + x + ")").replace("+-", "-").split("=", -1);
    return Arithmetic.evaluate(sides[0]).compareTo(Arithmetic.evaluate(sides[1])) == 0;
  }

  private static BigInteger value(String tagged) {
    StringBuilder digits = new StringBuilder(tagged.startsWith("-") ? "-" : "");
    String places = tagged.replaceAll("[^a-i]", "");
    for (int i = 1; i < places.length(); i++) {
      if (places.charAt(i) != places.charAt(i - 1) - 1) {
        throw new AssertionError("places out of order: " + tagged);
      }
    }
    if (!places.endsWith("a")) {
      throw new AssertionError("no ones: " + tagged);
    }
    return new BigInteger(digits.append(tagged.replaceAll("\\D", "")).toString());
  }

  private static String sign(long difference) {
    return difference < 0 ? "<" : difference > 0 ? ">" : "=";
  }

  private static long number(MatchResult match, int group) {
    return Long.parseLong(match.group(group));
  }
}
