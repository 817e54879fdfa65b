package io.reckon.engine.train.problem;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Short stories that need two or three operations. */
final class WordProblems {
  private static final int LARGEST_VALUE = 2000;

  private static final List<String> NAMES =
      List.of(
          "Anna", "Ben", "Carla", "David", "Emma", "Farid", "Grace", "Hugo", "Ines", "Jack", "Kira",
          "Leo", "Maria", "Noah", "Olga", "Paul", "Sara", "Tom", "Uma", "Victor");

  private static final List<String> OBJECTS =
      List.of(
          "apples",
          "books",
          "cards",
          "coins",
          "cookies",
          "eggs",
          "flowers",
          "marbles",
          "oranges",
          "pencils",
          "pens",
          "shells",
          "stamps",
          "stickers",
          "stones",
          "toys");

  /**
   * A story. {@code N} and {@code M} are two names, {@code O} the objects, {@code a} to {@code d}
   * in braces the numbers.
   *
   * @param plan the operations in order, parted by spaces; a digit is the result of that step, from
   *     1
   * @param limits the largest value of each number; the smallest is 2
   */
  private record Story(String text, String plan, List<Integer> limits) {}

  private static final List<Story> STORIES =
      List.of(
          new Story(
              "{N} has {a} bags with {b} {O} each. {N} gives away {c} {O}. How many {O} are left?",
              "a*b 1-c",
              List.of(12, 60, 99)),
          new Story(
              "{N} buys {a} boxes of {b} {O} and then finds {c} more. How many {O} does {N} have?",
              "a*b 1+c",
              List.of(12, 60, 99)),
          new Story(
              "{N} had {a} {O}, got {b} more from {M} and lost {c}. How many {O} does {N} have now?",
              "a+b 1-c",
              List.of(99, 99, 99)),
          new Story(
              "{N} has {a} {O} and {M} has {b} {O}. They share all of them equally among {c}"
                  + " children. How many {O} does each child get?",
              "a+b 1/c",
              List.of(99, 99, 12)),
          new Story(
              "A shop sells {O} for {a} dollars each. {N} buys {b} of them and pays with {c} dollars."
                  + " How much change does {N} get?",
              "a*b c-1",
              List.of(12, 40, 500)),
          new Story(
              "{N} packs {a} {O} into boxes of {b}. Then {c} boxes are sold. How many boxes are left?",
              "a/b 1-c",
              List.of(500, 12, 40)),
          new Story(
              "There are {a} rows of {b} seats, and {c} rows of {d} seats. How many seats are there in"
                  + " all?",
              "a*b c*d 1+2",
              List.of(12, 30, 12, 30)),
          new Story(
              "{N} earns {a} dollars an hour and works {b} hours. {N} spends {c} dollars on food and"
                  + " {d} dollars on books. How many dollars are left?",
              "a*b 1-c 2-d",
              List.of(40, 12, 99, 60)),
          new Story(
              "{N} collects {a} {O} a day for {b} days and shares them equally with {c} friends in"
                  + " all. How many {O} does each get?",
              "a*b 1/c",
              List.of(40, 12, 12)),
          new Story(
              "A bus has {a} people on it. At the first stop {b} get off and {c} get on. At the next"
                  + " stop {d} get on. How many people are on the bus?",
              "a-b 1+c 2+d",
              List.of(90, 60, 40, 40)),
          new Story(
              "{N} reads {a} pages a day. The book has {b} pages, and {N} has read for {c} days. How"
                  + " many pages are left?",
              "a*c b-1",
              List.of(60, 600, 12)),
          new Story(
              "{N} has {a} {O}. {M} has {b} times as many. How many {O} do they have together?",
              "a*b a+1",
              List.of(60, 12)),
          new Story(
              "{N} has {a} {O}. {M} has {b} more than {N}. How many {O} do they have together?",
              "a+b a+1",
              List.of(99, 99)),
          new Story(
              "{N} has {a} {O}. {M} has {b} fewer than {N}. How many {O} do they have together?",
              "a-b a+1",
              List.of(99, 99)),
          new Story(
              "A farmer has {a} eggs, breaks {b} of them and puts the rest into boxes of {c}. How many"
                  + " boxes are filled?",
              "a-b 1/c",
              List.of(300, 60, 12)),
          new Story(
              "{N} buys {a} {O} at {b} dollars each and {c} books at {d} dollars each. How many dollars"
                  + " does {N} pay?",
              "a*b c*d 1+2",
              List.of(12, 30, 12, 30)),
          new Story(
              "A train ticket costs {a} dollars and a meal {b} dollars. How much do {c} people pay for"
                  + " both?",
              "a+b 1*c",
              List.of(80, 30, 12)),
          new Story(
              "{N} saves {a} dollars a week for {b} weeks, gets {c} dollars from {M} and buys a toy for"
                  + " {d} dollars. How many dollars does {N} have?",
              "a*b 1+c 2-d",
              List.of(40, 12, 99, 99)));

  private WordProblems() {}

  static Problem draw(Randomness random) {
    Story story = random.pick(STORIES);
    while (true) {
      int[] numbers = new int[story.limits.size()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = random.between(2, story.limits.get(i));
      }
      Problem problem = problem(random, story, numbers);
      if (problem != null) {
        return problem;
      }
    }
  }

  /** The story with these numbers, or null where a step leaves the range or does not divide. */
  private static Problem problem(Randomness random, Story story, int[] numbers) {
    Worksheet sheet = new Worksheet();
    List<Long> results = new ArrayList<>();
    StringBuilder chain = new StringBuilder("word");
    for (String step : story.plan.split(" ", -1)) {
      long x = operand(step.charAt(0), numbers, results);
      long y = operand(step.charAt(2), numbers, results);
      if (!possible(x, step.charAt(1), y)) {
        return null;
      }
      chain.append(' ').append(x).append(step.charAt(1)).append(y);
      results.add(apply(sheet, x, step.charAt(1), y));
    }
    long answer = results.get(results.size() - 1);
    return new Problem(
        Family.WORD_PROBLEM,
        tell(random, story.text, numbers),
        Optional.empty(),
        sheet.toString(),
        Long.toString(answer),
        chain.toString());
  }

  private static long operand(char name, int[] numbers, List<Long> results) {
    return Character.isDigit(name) ? results.get(name - '1') : numbers[name - 'a'];
  }

  private static boolean possible(long x, char operator, long y) {
    return switch (operator) {
      case '+' -> x + y <= LARGEST_VALUE;
      case '-' -> x >= y;
      case '*' -> x * y <= LARGEST_VALUE;
      default -> y >= 2 && x % y == 0;
    };
  }

  private static long apply(Worksheet sheet, long x, char operator, long y) {
    return switch (operator) {
      case '+' -> sheet.line("add").add(x, y);
      case '-' -> sheet.line("subtract").subtract(x, y);
      case '*' -> sheet.line("multiply").multiply(x, y);
      default -> sheet.line("divide").divide(x, (int) y);
    };
  }

  private static String tell(Randomness random, String story, int[] numbers) {
    String name = random.pick(NAMES);
    String other = random.pick(NAMES.stream().filter(n -> !n.equals(name)).toList());
    String text =
        story.replace("{N}", name).replace("{M}", other).replace("{O}", random.pick(OBJECTS));
    String[] operands = new String[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      operands[i] = Integer.toString(numbers[i]);
    }
    return new Wording(random).prompt(text, operands);
  }
}
