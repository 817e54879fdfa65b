package io.reckon.engine.train.problem;

import java.util.Locale;
import java.util.Set;

/**
 * The form in which one prompt is written: signs, spaces, thousands commas, capitals, the final
 * stop. Templates hold operands as {@code {a}}, {@code {b}} ... and signs as {@code {+}}, {@code
 * {-}}, {@code {*}}, <code>{/}</code>.
 */
final class Wording {
  private static final Set<String> IMPERATIVES =
      Set.of(
          "Add",
          "Calculate",
          "Check",
          "Compare",
          "Compute",
          "Decide",
          "Determine",
          "Divide",
          "Evaluate",
          "Find",
          "Give",
          "Grade",
          "Multiply",
          "Pick",
          "Simplify",
          "Solve",
          "Subtract",
          "Take",
          "Tell",
          "Work");

  private final Randomness random;
  private final String space;
  private final String minus;
  private final String times;
  private final String divided;
  private final boolean commas;

  Wording(Randomness random) {
    this.random = random;
    space = random.chance(0.6) ? " " : "";
    minus = random.chance(0.06) ? "−" : "-";
    times = random.pick("*", "*", "*", "x", "×", "×");
    divided = random.pick("/", "/", "÷");
    commas = random.chance(0.03);
  }

  /** A number, with thousands commas in a few prompts. */
  String number(long number) {
    String sign = number < 0 ? minus : "";
    return sign + (commas ? String.format(Locale.ROOT, "%,d", Math.abs(number)) : Math.abs(number));
  }

  /** An operator {@code + - * /} with or without spaces around it, as this prompt has it. */
  String operator(char operator) {
    return space + symbol(operator) + space;
  }

  String symbol(char operator) {
    return switch (operator) {
      case '-' -> minus;
      case '*' -> times;
      case '/' -> divided;
      default -> String.valueOf(operator);
    };
  }

  /** A prompt from a template; {@code operands} fill {@code {a}}, {@code {b}} and so on. */
  String prompt(String template, String... operands) {
    return finish(fill(template, operands));
  }

  String fill(String template, String... operands) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < template.length(); i++) {
      char here = template.charAt(i);
      if (here == '{' && template.charAt(i + 2) == '}') {
        char slot = template.charAt(i + 1);
        text.append(Character.isLetter(slot) ? operands[slot - 'a'] : operator(slot));
        i += 2;
      } else {
        text.append(here);
      }
    }
    return text.toString();
  }

  private String finish(String text) {
    String finished = text;
    char last = text.charAt(text.length() - 1);
    if ((last == '.' || last == '?') && text.length() > 2 && random.chance(0.25)) {
      finished = finished.substring(0, finished.length() - 1).stripTrailing();
    }
    if (startsWithImperative(finished) && random.chance(0.07)) {
      finished = "Please " + decapitalised(finished);
    }
    if (startsWithCapitalisedWord(finished) && random.chance(0.15)) {
      finished = decapitalised(finished);
    }
    return random.chance(0.01) ? finished + random.pick(" ", "\n") : finished;
  }

  private static boolean startsWithImperative(String text) {
    int end = text.indexOf(' ');
    return end > 0 && IMPERATIVES.contains(text.substring(0, end));
  }

  private static boolean startsWithCapitalisedWord(String text) {
    return text.length() > 1
        && Character.isUpperCase(text.charAt(0))
        && Character.isLowerCase(text.charAt(1));
  }

  private static String decapitalised(String text) {
    return Character.toLowerCase(text.charAt(0)) + text.substring(1);
  }
}
