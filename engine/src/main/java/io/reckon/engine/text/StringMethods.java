package io.reckon.engine.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/** The methods of Python's strings that chat templates call. */
final class StringMethods {
  private static final int UNLIMITED = Integer.MAX_VALUE;

  private static final Pattern LINE_END =
      Pattern.compile("\r\n|[\n-\r\\x1c-\\x1e\\x85\\u2028\\u2029]");

  private StringMethods() {}

  /**
   * Calls a method.
   *
   * @throws TemplateRefusal where there is none of that name, or its arguments don't fit
   */
  static Object call(String text, String name, List<Object> given) {
    return switch (name) {
      case "strip" -> strip(text, given, true, true);
      case "lstrip" -> strip(text, given, true, false);
      case "rstrip" -> strip(text, given, false, true);
      case "split" -> split(text, given);
      case "splitlines" -> lines(text);
      case "startswith" -> any(text, given, String::startsWith);
      case "endswith" -> any(text, given, String::endsWith);
      case "removeprefix" -> removePrefix(text, argument(name, given, 0));
      case "removesuffix" -> removeSuffix(text, argument(name, given, 0));
      case "replace" -> replace(text, argument(name, given, 0), argument(name, given, 1));
      case "find" -> text.indexOf(argument(name, given, 0));
      case "rfind" -> text.lastIndexOf(argument(name, given, 0));
      case "count" -> count(text, argument(name, given, 0));
      case "join" -> join(text, given);
      case TemplateMethods.REVERSED -> new StringBuilder(text).reverse().toString();
      case "upper" -> text.toUpperCase(Locale.ROOT);
      case "lower" -> text.toLowerCase(Locale.ROOT);
      case "capitalize" -> capitalize(text);
      case "title" -> title(text);
      case "isdigit" -> !text.isEmpty() && text.codePoints().allMatch(Character::isDigit);
      case "isspace" -> !text.isEmpty() && text.chars().allMatch(StringMethods::isSpace);
      default -> throw TemplateMethods.unknown(text, name);
    };
  }

  /** Whether a character is white space to Python, to which Java's own methods don't agree. */
  static boolean isSpace(int character) {
    return Character.isSpaceChar(character)
        || (character >= '\t' && character <= '\r')
        || (character >= 0x1c && character <= 0x1f)
        || character == 0x85;
  }

  private static String argument(String name, List<Object> given, int index) {
    if (index >= given.size() || !(given.get(index) instanceof String text)) {
      throw TemplateRefusal.fault(
          "the method '%s' of strings needs text for argument %d".formatted(name, index + 1));
    }
    return text;
  }

  private static String strip(String text, List<Object> given, boolean left, boolean right) {
    IntPredicate strips = stripped(given);
    int begin = 0;
    int end = text.length();
    while (left && begin < end && strips.test(text.codePointAt(begin))) {
      begin += Character.charCount(text.codePointAt(begin));
    }
    while (right && begin < end && strips.test(text.codePointBefore(end))) {
      end -= Character.charCount(text.codePointBefore(end));
    }
    return text.substring(begin, end);
  }

  private static IntPredicate stripped(List<Object> given) {
    if (given.isEmpty() || given.get(0) == null) {
      return StringMethods::isSpace;
    }
    String characters = argument("strip", given, 0);
    return character -> characters.indexOf(character) >= 0;
  }

  private static List<String> lines(String text) {
    List<String> lines = new ArrayList<>(Arrays.asList(LINE_END.split(text, -1)));
    if (lines.get(lines.size() - 1).isEmpty()) {
      lines.remove(lines.size() - 1);
    }
    return lines;
  }

  private static List<String> split(String text, List<Object> given) {
    if (given.isEmpty()) {
      return words(text);
    }
    String separator = argument("split", given, 0);
    requireText(separator);
    int most = given.size() > 1 && given.get(1) instanceof Number n ? n.intValue() : UNLIMITED;
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int at = text.indexOf(separator);
        at >= 0 && (most < 0 || parts.size() < most);
        at = text.indexOf(separator, from)) {
      parts.add(text.substring(from, at));
      from = at + separator.length();
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || isSpace(text.charAt(i))) {
        if (begin < i) {
          words.add(text.substring(begin, i));
        }
        begin = i + 1;
      }
    }
    return words;
  }

  private static void requireText(String separator) {
    if (separator.isEmpty()) {
      throw TemplateRefusal.fault("a text is split, counted or replaced by empty text");
    }
  }

  private static boolean any(String text, List<Object> given, BiPredicate<String, String> matches) {
    Object parts = given.isEmpty() ? "" : given.get(0);
    return parts instanceof Collection<?> several
        ? several.stream().anyMatch(part -> matches.test(text, String.valueOf(part)))
        : matches.test(text, String.valueOf(parts));
  }

  private static String removePrefix(String text, String prefix) {
    return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
  }

  private static String removeSuffix(String text, String suffix) {
    return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
  }

  private static String replace(String text, String old, String replacement) {
    long growth = (long) count(text, old) * (replacement.length() - old.length());
    TemplateBudget.requireLength(text.length() + growth);
    return text.replace(old, replacement);
  }

  private static int count(String text, String part) {
    requireText(part);
    int count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
      count++;
    }
    return count;
  }

  private static String join(String separator, List<Object> given) {
    if (given.isEmpty() || !(given.get(0) instanceof Collection<?> parts)) {
      throw TemplateRefusal.fault("the method 'join' of strings needs a list");
    }
    long length =
        parts.stream().mapToLong(part -> Objects.toString(part).length()).sum()
            + (long) separator.length() * parts.size();
    TemplateBudget.requireLength(length);
    return String.join(separator, parts.stream().map(Objects::toString).toList());
  }

  private static String capitalize(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT)
            + text.substring(1).toLowerCase(Locale.ROOT);
  }

  private static String title(String text) {
    StringBuilder title = new StringBuilder(text.length());
    boolean begins = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      title.append(begins ? Character.toUpperCase(c) : Character.toLowerCase(c));
      begins = !Character.isLetter(c);
    }
    return title.toString();
  }
}
