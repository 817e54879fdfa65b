package io.reckon.engine.train.problem;

import java.util.List;
import java.util.Optional;

/** Somebody's answer to a problem, judged: the problem is solved, then the two answers compared. */
final class Gradings {
  private static final String REMAINDER = " remainder ";

  /** {@code a} is the problem, {@code b} the claimed answer. */
  private static final List<String> TEMPLATES =
      List.of(
          "Problem: {a}\nAnswer: {b}\nIs the answer correct?",
          "Problem: {a} Answer: {b} Correct or incorrect?",
          "Grade this answer. Problem: {a} Answer: {b}",
          "Grade the answer.\nQuestion: {a}\nAnswer: {b}",
          "Question: {a}\nStudent's answer: {b}\nGrade it.",
          "Someone was asked: {a} They answered {b}. Is that right?",
          "Check this answer. {a} Answer: {b}",
          "A student was asked: {a} The student wrote {b}. Is this correct?",
          "{a}\nProposed answer: {b}\nIs it correct?",
          "Label as correct or incorrect.\nProblem: {a}\nAnswer: {b}",
          "Is {b} the correct answer to this problem? {a}",
          "Tell me if the answer is right. Problem: {a} Claimed answer: {b}");

  private Gradings() {}

  static Problem draw(Randomness random) {
    Problem solved = underlying(random);
    boolean right = random.chance(0.5);
    String claim = right ? solved.answer() : wrong(random, solved.answer());
    Worksheet sheet = new Worksheet().line(solved.reasoning());
    boolean same = sheet.compare(places(claim), places(solved.answer())).equals("=");
    String answer = same ? "correct" : "incorrect: the answer is " + solved.answer();
    String template = random.pick(TEMPLATES);
    String prompt =
        new Wording(random)
            .prompt(template, solved.prompt().strip(), written(random, claim, solved));
    return new Problem(
        Family.GRADING, prompt, Optional.empty(), sheet.toString(), answer, solved.operands());
  }

  private static Problem underlying(Randomness random) {
    return switch (random.between(0, 5)) {
      case 0 -> Sums.addition(random, 5);
      case 1 -> Sums.subtraction(random, 5);
      case 2 ->
          random.chance(0.5)
              ? Products.draw(random, random.number(random.between(1, 3)), random.number(1))
              : Products.draw(random, random.number(2), random.number(random.between(1, 2)));
      case 3 -> Quotients.division(random, 4);
      default -> Equations.draw(random);
    };
  }

  private static String written(Randomness random, String claim, Problem solved) {
    boolean asksForX = solved.family() == Family.EQUATION && solved.prompt().contains("x");
    if (asksForX && random.chance(0.3)) {
      return "x = " + claim;
    }
    return claim.replace(REMAINDER, random.pick(REMAINDER, REMAINDER, REMAINDER, " r "));
  }

  static Places places(String answer) {
    int remainder = answer.indexOf(REMAINDER);
    if (remainder < 0) {
      return Places.of(Long.parseLong(answer));
    }
    return Places.of(Long.parseLong(answer.substring(0, remainder)))
        .withRemainder(Long.parseLong(answer.substring(remainder + REMAINDER.length())));
  }

  private static String wrong(Randomness random, String answer) {
    int remainder = answer.indexOf(REMAINDER);
    if (remainder < 0) {
      return Long.toString(wrong(random, Long.parseLong(answer)));
    }
    long quotient = Long.parseLong(answer.substring(0, remainder));
    long rest = Long.parseLong(answer.substring(remainder + REMAINDER.length()));
    return random.chance(0.5)
        ? quotient + REMAINDER + (rest + random.between(1, 11)) % 12
        : wrongQuotient(random, quotient) + REMAINDER + rest;
  }

  private static long wrongQuotient(Randomness random, long right) {
    long quotient = wrong(random, right);
    return quotient < 0 ? right + 1 : quotient;
  }

  /** A number that is not {@code right}, mostly a near miss. */
  private static long wrong(Randomness random, long right) {
    while (true) {
      long candidate = candidate(random, right);
      if (candidate != right) {
        return candidate;
      }
    }
  }

  private static long candidate(Randomness random, long right) {
    int digits = Long.toString(Math.abs(right)).length();
    long unit = (long) Math.pow(10, random.between(0, digits - 1));
    return switch (random.between(0, 6)) {
      case 0, 1 -> right + unit * random.pick(-1, 1);
      case 2 -> withDigit(random, right, unit);
      case 3 -> swapped(random, right);
      case 4 -> right < 0 || random.chance(0.15) ? -right : right / 10;
      case 5 -> right / 10 / unit * unit + right % unit;
      default -> random.number(random.between(1, digits + 1)) * (right < 0 ? -1 : 1);
    };
  }

  private static long withDigit(Randomness random, long number, long unit) {
    long digit = Math.abs(number) / unit % 10;
    return Long.signum(number) * (Math.abs(number) + (random.between(0, 9) - digit) * unit);
  }

  private static long swapped(Randomness random, long number) {
    char[] digits = Long.toString(Math.abs(number)).toCharArray();
    if (digits.length > 1) {
      int at = random.between(0, digits.length - 2);
      char kept = digits[at];
      digits[at] = digits[at + 1];
      digits[at + 1] = kept;
    }
    return Long.signum(number) * Long.parseLong(new String(digits));
  }
}
