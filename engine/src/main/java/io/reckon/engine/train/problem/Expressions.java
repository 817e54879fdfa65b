package io.reckon.engine.train.problem;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Expressions of two to five operators, reduced one operator at a time. */
final class Expressions {
  private static final int LARGEST_VALUE = 999;
  private static final int LARGEST_LEAF = 99;
  private static final int SMALL_FACTOR = 12;
  private static final int MAXIMUM_TRACE = 390;

  private static final List<String> TEMPLATES =
      List.of(
          "What is {a}?",
          "{a}",
          "{a} = ?",
          "{a} =",
          "Evaluate {a}.",
          "Compute {a}.",
          "Calculate {a}.",
          "Simplify {a}.",
          "Find the value of {a}.",
          "What is the value of {a}?",
          "What does {a} equal?",
          "Work out {a}.",
          "How much is {a}?");

  private Expressions() {}

  /**
   * A value with the tokens of its expression; {@code operator} is the outermost, or 0 for a leaf.
   */
  private record Node(int value, char operator, List<String> tokens) {
    static Node leaf(int value) {
      return new Node(value, (char) 0, List.of(Integer.toString(value)));
    }
  }

  static Problem draw(Randomness random) {
    int operators = random.between(2, 5);
    while (true) {
      Node node = node(random, operators);
      Worksheet sheet = new Worksheet();
      if (node != null && reduce(sheet, node.tokens) == node.value) {
        String reasoning = sheet.toString();
        if (reasoning.length() <= MAXIMUM_TRACE) {
          return problem(random, node, reasoning);
        }
      }
    }
  }

  private static Problem problem(Randomness random, Node node, String reasoning) {
    Wording wording = new Wording(random);
    StringBuilder text = new StringBuilder();
    for (String token : node.tokens) {
      boolean operator = "+-*/".contains(token);
      text.append(operator ? wording.operator(token.charAt(0)) : token);
    }
    return new Problem(
        Family.EXPRESSION,
        wording.prompt(random.pick(TEMPLATES), text.toString()),
        Optional.empty(),
        reasoning,
        Integer.toString(node.value),
        "evaluate " + String.join("", node.tokens));
  }

  /** A random tree, or null where the draw led out of the range. */
  private static Node node(Randomness random, int operators) {
    if (operators == 0) {
      return Node.leaf(random.between(1, random.chance(0.5) ? 20 : LARGEST_LEAF));
    }
    int onTheLeft = random.between(0, operators - 1);
    Node left = node(random, onTheLeft);
    Node right = node(random, operators - 1 - onTheLeft);
    if (left == null || right == null) {
      return null;
    }
    return join(random, left, random.pick('+', '-', '*', '/'), right);
  }

  private static Node join(Randomness random, Node left, char operator, Node right) {
    return switch (operator) {
      case '+' -> checked(random, left, '+', right, left.value + right.value);
      case '-' -> checked(random, left, '-', right, left.value - right.value);
      case '*' -> product(random, left, right);
      default -> quotient(random, left, right);
    };
  }

  private static Node product(Randomness random, Node left, Node right) {
    Node factor = right.operator == 0 ? Node.leaf(random.between(2, SMALL_FACTOR)) : right;
    boolean small = Math.min(left.value, factor.value) <= SMALL_FACTOR;
    return small ? checked(random, left, '*', factor, left.value * factor.value) : null;
  }

  private static Node quotient(Randomness random, Node left, Node right) {
    Node divisor = right;
    if (right.operator == 0) {
      List<Integer> divisors =
          IntStream.rangeClosed(2, SMALL_FACTOR).filter(d -> left.value % d == 0).boxed().toList();
      if (divisors.isEmpty()) {
        return null;
      }
      divisor = Node.leaf(random.pick(divisors));
    }
    boolean exact =
        divisor.value >= 2 && divisor.value <= SMALL_FACTOR && left.value % divisor.value == 0;
    return exact ? checked(random, left, '/', divisor, left.value / divisor.value) : null;
  }

  private static Node checked(Randomness random, Node left, char operator, Node right, int value) {
    if (value < 0 || value > LARGEST_VALUE) {
      return null;
    }
    List<String> tokens = new ArrayList<>();
    tokens.addAll(parenthesised(random, left, precedence(left) < precedence(operator)));
    tokens.add(String.valueOf(operator));
    tokens.addAll(parenthesised(random, right, precedence(right) <= precedence(operator)));
    return new Node(value, operator, tokens);
  }

  /** With parentheses where they are needed, and here and there where they are not. */
  private static List<String> parenthesised(Randomness random, Node node, boolean needed) {
    if (node.operator == 0 || !(needed || random.chance(0.1))) {
      return node.tokens;
    }
    List<String> tokens = new ArrayList<>(node.tokens);
    tokens.add(0, "(");
    tokens.add(")");
    return tokens;
  }

  private static int precedence(Node node) {
    return node.operator == 0 ? 3 : precedence(node.operator);
  }

  private static int precedence(char operator) {
    return operator == '+' || operator == '-' ? 1 : 2;
  }

  /**
   * Reduces the first innermost parenthesis first; in it the first of {@code * /}, else the first
   * of {@code + -}. The expression is written before each routine.
   */
  static long reduce(Worksheet sheet, List<String> expression) {
    List<String> tokens = new ArrayList<>(expression);
    long value = 0;
    while (tokens.size() > 1) {
      sheet.line(String.join("", tokens));
      int close = tokens.indexOf(")");
      int end = close < 0 ? tokens.size() : close;
      int start = tokens.subList(0, end).lastIndexOf("(") + 1;
      int operator = next(tokens, start, end);
      value = apply(sheet, tokens, operator);
      List<String> reduced = tokens.subList(operator - 1, operator + 2);
      reduced.clear();
      tokens.add(operator - 1, Long.toString(value));
      if (close >= 0 && end - start == 3) {
        tokens.remove(start + 1);
        tokens.remove(start - 1);
      }
    }
    return value;
  }

  private static int next(List<String> tokens, int start, int end) {
    for (int i = start; i < end; i++) {
      if ("*/".contains(tokens.get(i))) {
        return i;
      }
    }
    return start + 1;
  }

  private static long apply(Worksheet sheet, List<String> tokens, int operator) {
    long x = Long.parseLong(tokens.get(operator - 1));
    long y = Long.parseLong(tokens.get(operator + 1));
    return switch (tokens.get(operator)) {
      case "+" -> sheet.add(x, y);
      case "-" -> sheet.subtract(x, y);
      case "*" -> sheet.multiply(x, y);
      default -> sheet.divide(x, (int) y);
    };
  }
}
