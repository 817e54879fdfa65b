package io.reckon.engine.train.problem;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Comparison of integers, decimals and fractions. */
final class Comparisons {
  private static final int MAXIMUM_DIGITS = 8;
  private static final int LARGEST_IN_FRACTION = 12;

  private static final List<String> LARGER =
      List.of(
          "Which is larger, {a} or {b}?",
          "Which number is greater: {a} or {b}?",
          "Which is bigger: {a} or {b}?",
          "What is the larger of {a} and {b}?",
          "Find the maximum of {a} and {b}.",
          "Pick the larger number: {a}, {b}.",
          "max({a}, {b})");

  private static final List<String> SMALLER =
      List.of(
          "Which is smaller, {a} or {b}?",
          "Which number is smaller: {a} or {b}?",
          "Which is less: {a} or {b}?",
          "What is the smaller of {a} and {b}?",
          "Find the minimum of {a} and {b}.",
          "Pick the smaller number: {a}, {b}.",
          "min({a}, {b})");

  private static final List<String> IS_LESS =
      List.of(
          "Is {a} less than {b}?",
          "Is {a} smaller than {b}?",
          "Is {a} < {b}?",
          "Is it true that {a} < {b}?");

  private static final List<String> IS_GREATER =
      List.of(
          "Is {a} greater than {b}?",
          "Is {a} larger than {b}?",
          "Is {a} > {b}?",
          "Is {a} more than {b}?");

  private static final List<String> IS_EQUAL =
      List.of("Is {a} equal to {b}?", "Are {a} and {b} equal?", "Is {a} = {b}?");

  private static final List<String> SIGN =
      List.of(
          "Compare {a} and {b}.",
          "Compare {a} with {b}.",
          "Which sign goes between {a} and {b}: <, > or =?",
          "Give <, > or = for {a} and {b}.",
          "{a} ? {b}");

  private enum Question {
    LARGER,
    SMALLER,
    IS_LESS,
    IS_GREATER,
    IS_EQUAL,
    SIGN
  }

  private static final Map<Question, List<String>> TEMPLATES =
      Map.of(
          Question.LARGER, LARGER,
          Question.SMALLER, SMALLER,
          Question.IS_LESS, IS_LESS,
          Question.IS_GREATER, IS_GREATER,
          Question.IS_EQUAL, IS_EQUAL,
          Question.SIGN, SIGN);

  private static final List<Question> QUESTIONS =
      List.of(
          Question.LARGER,
          Question.LARGER,
          Question.SMALLER,
          Question.SMALLER,
          Question.IS_LESS,
          Question.IS_GREATER,
          Question.IS_EQUAL,
          Question.SIGN);

  private Comparisons() {}

  static Problem draw(Randomness random) {
    Wording wording = new Wording(random);
    return switch (random.between(0, 2)) {
      case 0 -> integers(random, wording);
      case 1 -> decimals(random, wording);
      default -> fractions(random, wording);
    };
  }

  private static Problem integers(Randomness random, Wording wording) {
    int digits = random.between(1, MAXIMUM_DIGITS);
    long x = random.number(digits);
    long y = random.number(random.chance(0.4) ? digits : random.between(1, MAXIMUM_DIGITS));
    if (random.chance(0.3)) {
      y = Sums.sharingHighestDigits(random, x, digits);
    } else if (random.chance(0.08)) {
      y = x;
    }
    Worksheet sheet = new Worksheet();
    String sign = sheet.compare(Places.of(x), Places.of(y));
    return ask(random, wording, wording.number(x), wording.number(y), sign, sheet);
  }

  private static Problem decimals(Randomness random, Wording wording) {
    int digits = random.between(1, 3);
    String x = decimal(random, random.number(digits));
    String y = decimal(random, random.number(random.chance(0.6) ? digits : random.between(1, 3)));
    if (random.chance(0.5)) {
      y = decimal(random, Long.parseLong(x.substring(0, x.indexOf('.'))));
    }
    if (random.chance(0.3)) {
      y = near(random, x);
    }
    if (random.chance(0.05)) {
      y = Long.toString(random.number(digits));
    }
    if (random.chance(0.5)) {
      String swap = x;
      x = y;
      y = swap;
    }
    Worksheet sheet = new Worksheet();
    String sign = sheet.compare(Places.decimal(x), Places.decimal(y));
    return ask(random, wording, x, y, sign, sheet);
  }

  private static String decimal(Randomness random, long whole) {
    StringBuilder text = new StringBuilder().append(whole).append('.');
    int places = random.between(1, 3);
    for (int i = 0; i < places; i++) {
      text.append(random.chance(0.15) ? 0 : random.between(0, 9));
    }
    return text.toString();
  }

  /** The number itself, with zeros or other digits at its end, or with its last digit gone. */
  private static String near(Randomness random, String number) {
    int places = number.length() - number.indexOf('.') - 1;
    if (random.chance(0.3) || (places == 1 && random.chance(0.3))) {
      return number
          + (places < 3 ? random.pick("0", "0", Integer.toString(random.between(1, 9))) : "");
    }
    if (places > 1 && random.chance(0.4)) {
      return number.substring(0, number.length() - 1);
    }
    return number.substring(0, number.length() - 1) + random.between(0, 9);
  }

  private static Problem fractions(Randomness random, Wording wording) {
    int[] x = {random.between(1, LARGEST_IN_FRACTION), random.between(1, LARGEST_IN_FRACTION)};
    int[] y = {random.between(1, LARGEST_IN_FRACTION), random.between(1, LARGEST_IN_FRACTION)};
    if (random.chance(0.12)) {
      y = sameValue(random, x);
    }
    int left = x[0] * y[1];
    int right = y[0] * x[1];
    Worksheet sheet = new Worksheet();
    sheet.line(x[0] + "*" + y[1] + "=" + left);
    sheet.line(y[0] + "*" + x[1] + "=" + right);
    String sign = sheet.compare(Places.of(left), Places.of(right));
    return ask(random, wording, x[0] + "/" + x[1], y[0] + "/" + y[1], sign, sheet);
  }

  /** Another way to write a fraction, or the same where there is none in range. */
  private static int[] sameValue(Randomness random, int[] fraction) {
    int common = Divisors.greatestCommonDivisor(fraction[0], fraction[1]);
    int top = fraction[0] / common;
    int bottom = fraction[1] / common;
    int factor = random.between(1, LARGEST_IN_FRACTION / Math.max(top, bottom));
    return new int[] {top * factor, bottom * factor};
  }

  private static Problem ask(
      Randomness random, Wording wording, String x, String y, String sign, Worksheet sheet) {
    Question question = random.pick(QUESTIONS);
    String prompt = wording.prompt(random.pick(TEMPLATES.get(question)), x, y);
    String answer =
        switch (question) {
          case LARGER -> choose(sheet, "larger", sign, x, y);
          case SMALLER -> choose(sheet, "smaller", sign, y, x);
          case IS_LESS -> verdict(sheet, sign, "less", "<");
          case IS_GREATER -> verdict(sheet, sign, "greater", ">");
          case IS_EQUAL -> verdict(sheet, sign, "equal", "=");
          case SIGN -> {
            sheet.line(sign);
            yield sign;
          }
        };
    String left = x.replace(",", "");
    String right = y.replace(",", "");
    String operands = left.compareTo(right) < 0 ? left + " " + right : right + " " + left;
    return new Problem(
        Family.COMPARISON,
        prompt,
        Optional.empty(),
        sheet.toString(),
        answer,
        "compare " + operands);
  }

  /**
   * Says what is asked for beside the sign, so that the two meet in one place, then which of the
   * two it is; {@code ifGreater} is the answer to {@code >}.
   */
  private static String choose(
      Worksheet sheet, String what, String sign, String ifGreater, String ifLess) {
    boolean first = sign.equals(">") == what.equals("larger");
    String which = sign.equals("=") ? "equal" : first ? "first" : "second";
    sheet.line(sign + ", " + what + ": " + which);
    return sign.equals("=") ? "equal" : sign.equals(">") ? ifGreater : ifLess;
  }

  private static String verdict(Worksheet sheet, String sign, String what, String wanted) {
    String verdict = sign.equals(wanted) ? "yes" : "no";
    sheet.line(sign + ", " + what + ": " + verdict);
    return verdict;
  }
}
