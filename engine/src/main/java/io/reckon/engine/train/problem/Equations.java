package io.reckon.engine.train.problem;

import java.util.List;
import java.util.Optional;

/** Linear equations in one unknown, solved by one operation on both sides at a time. */
final class Equations {
  private static final int SMALLEST_SOLUTION = -20;
  private static final int LARGEST = 99;

  /** {@code a} is the equation, {@code b} the unknown. */
  private static final List<String> TEMPLATES =
      List.of(
          "Solve {a}.",
          "Solve for {b}: {a}",
          "Solve the equation {a}.",
          "Find {b} if {a}.",
          "What is {b} if {a}?",
          "If {a}, what is {b}?",
          "{a}",
          "{a}, {b} = ?",
          "{a}. Find {b}.",
          "Find the value of {b}: {a}",
          "Determine {b}: {a}",
          "What value of {b} satisfies {a}?",
          "Which number {b} makes {a} true?");

  private Equations() {}

  static Problem draw(Randomness random) {
    Wording wording = new Wording(random);
    String unknown = random.pick("x", "x", "x", "x", "y", "n", "z");
    return switch (random.between(0, 6)) {
      case 0 -> new Draw(random, wording, unknown).sum(false);
      case 1 -> new Draw(random, wording, unknown).difference();
      case 2 -> new Draw(random, wording, unknown).sum(true);
      case 3, 4 -> new Draw(random, wording, unknown).parenthesis();
      case 5 -> new Draw(random, wording, unknown).quotient();
      default -> new Draw(random, wording, unknown).product();
    };
  }

  /** One equation in the making. */
  private static final class Draw {
    private final Randomness random;
    private final Wording wording;
    private final String unknown;
    private final Worksheet sheet = new Worksheet();
    private final int a;
    private final int b;
    private final int x;

    Draw(Randomness random, Wording wording, String unknown) {
      this.random = random;
      this.wording = wording;
      this.unknown = unknown;
      a = random.between(2, 12);
      b = random.between(1, LARGEST);
      x = random.between(SMALLEST_SOLUTION, LARGEST);
    }

    /** {@code ax+b=c}, or {@code b+ax=c}. */
    Problem sum(boolean numberFirst) {
      long c = (long) a * x + b;
      String text =
          numberFirst
              ? b + wording.operator('+') + multiple() + equals(c)
              : multiple() + wording.operator('+') + b + equals(c);
      start(a + "*x+" + b + "=" + c);
      return finish(text, divideBoth(minus(c, b)));
    }

    /** {@code ax-b=c}. */
    Problem difference() {
      long c = (long) a * x - b;
      start(a + "*x-" + b + "=" + c);
      return finish(multiple() + wording.operator('-') + b + equals(c), divideBoth(plus(c, b)));
    }

    /** {@code a(x+b)=c}. */
    Problem parenthesis() {
      boolean minus = random.chance(0.4);
      long c = (long) a * (minus ? x - b : x + b);
      char sign = minus ? '-' : '+';
      start(a + "*(x" + sign + b + ")=" + c);
      long inner = divided(c);
      sheet.line("x" + sign + b + "=" + inner);
      long solution = minus ? plus(inner, b) : minus(inner, b);
      String bracket = "(" + unknown + wording.operator(sign) + b + ")";
      String text = a + random.pick("", "", wording.operator('*')) + bracket + equals(c);
      return finish(text, solution);
    }

    /** {@code x/a+b=c}; the unknown is a multiple of {@code a}. */
    Problem quotient() {
      long k = random.between(SMALLEST_SOLUTION / a, LARGEST / a);
      boolean minus = random.chance(0.4);
      long c = minus ? k - b : k + b;
      char sign = minus ? '-' : '+';
      start("x/" + a + sign + b + "=" + c);
      long quotient = minus ? plus(c, b) : minus(c, b);
      sheet.line("x/" + a + "=" + quotient);
      long solution = sheet.multiply(Math.abs(quotient), a) * Long.signum(quotient);
      String text = unknown + wording.operator('/') + a + wording.operator(sign) + b + equals(c);
      return finish(text, solution);
    }

    /** {@code ax=c}. */
    Problem product() {
      long c = (long) a * x;
      start(a + "*x=" + c);
      return finish(multiple() + equals(c), divided(c));
    }

    private void start(String canonical) {
      sheet.line(canonical);
    }

    private String multiple() {
      String times = wording.symbol('*').equals("x") ? "*" : wording.symbol('*');
      return switch (random.between(0, 9)) {
        case 0, 1 -> a + times + unknown;
        case 2 -> a + " " + times + " " + unknown;
        default -> a + unknown;
      };
    }

    private String equals(long c) {
      return wording.operator('=') + wording.number(c);
    }

    /** {@code c - b} by the routines for numbers that are not negative. */
    private long minus(long c, long b) {
      return c < 0 ? sheet.addNegative(-c, b) : sheet.subtract(c, b);
    }

    private long plus(long c, long b) {
      return c < 0 ? sheet.subtract(b, -c) : sheet.add(c, b);
    }

    private long divideBoth(long c) {
      sheet.line(a + "*x=" + c);
      return divided(c);
    }

    private long divided(long c) {
      return sheet.divide(Math.abs(c), a) * Long.signum(c);
    }

    private Problem finish(String text, long solution) {
      sheet.line("x=" + solution);
      String canonical = sheet.toString();
      return new Problem(
          Family.EQUATION,
          wording.prompt(random.pick(TEMPLATES), text, unknown),
          Optional.empty(),
          canonical,
          Long.toString(solution),
          "solve " + canonical.substring(0, canonical.indexOf('\n')));
    }
  }
}
