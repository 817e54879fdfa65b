package io.reckon.engine.constraint;

import java.util.BitSet;

/** Reads what stands for one character of some in a regular expression: escapes and classes. */
record RegexCharacters(RegexText text) {
  /** A class, from its [ to its ]: the characters that all dialects take. */
  BitSet characterClass() {
    int begin = text.position();
    text.skip(1);
    boolean negated = text.take('^');
    CharacterSet set = CharacterSet.of(new BitSet());
    for (boolean first = true; ; first = false) {
      if (text.isAtEnd()) {
        text.moveTo(begin);
        throw text.bad("has a [ without a ]");
      }
      if (text.peek() == ']' && first) {
        throw text.bad("has an empty class; write \\] for the character");
      }
      if (text.take(']')) {
        break;
      }
      set = set.or(members());
    }
    return negated ? set.complement().least() : set.least();
  }

  /** A character, an escape or a range. */
  private CharacterSet members() {
    if (text.peek() == '[' || text.startsWith("&&")) {
      throw text.bad(
          "has a class inside a class, which is not supported; write \\[ for the character");
    }
    CharacterSet one = member();
    boolean range = text.ahead(2).matches("-[^\\]]");
    if (!range) {
      return one;
    }
    text.skip(1);
    BitSet from = one.most();
    BitSet to = member().most();
    if (from.cardinality() != 1 || to.cardinality() != 1 || to.length() < from.length()) {
      throw text.bad("has a range that goes from no character to a later one");
    }
    BitSet between = CodePoints.range(from.length() - 1, to.length() - 1);
    between.and(CodePoints.ALL);
    return CharacterSet.of(between);
  }

  private CharacterSet member() {
    if (text.peek() == '\\') {
      return escapes(true);
    }
    int character = character();
    return CharacterSet.of(CodePoints.range(character, character));
  }

  /** The character here, which is taken. */
  int character() {
    int character = text.codePoint();
    if (!CodePoints.ALL.get(character)) {
      throw text.bad("has half a character");
    }
    text.skip(Character.charCount(character));
    return character;
  }

  /** What stands for one or more characters, from its \\ on: those that all dialects take. */
  BitSet escape() {
    return escapes(false).least();
  }

  private CharacterSet escapes(boolean inClass) {
    text.skip(1);
    if (text.isAtEnd()) {
      throw text.bad("ends with a \\");
    }
    char kind = text.peek();
    text.skip(1);
    return switch (kind) {
      case 'd' -> CharacterSet.DIGIT;
      case 'D' -> CharacterSet.DIGIT.complement();
      case 'w' -> CharacterSet.WORD;
      case 'W' -> CharacterSet.WORD.complement();
      case 's' -> CharacterSet.SPACE;
      case 'S' -> CharacterSet.SPACE.complement();
      case 'p' -> CharacterSet.of(category());
      case 'P' -> CharacterSet.of(category()).complement();
      default -> CharacterSet.of(character(kind, inClass));
    };
  }

  private BitSet character(char kind, boolean inClass) {
    return switch (kind) {
      case 't' -> CodePoints.of("\t");
      case 'n' -> CodePoints.of("\n");
      case 'r' -> CodePoints.of("\r");
      case 'f' -> CodePoints.of("\f");
      case 'x' -> hex(2);
      case 'u' -> text.startsWith("{") ? hexInBraces() : hex(4);
      default -> escaped(kind, inClass);
    };
  }

  private BitSet escaped(char kind, boolean inClass) {
    boolean plain = kind < 128 && !Character.isLetterOrDigit(kind);
    if (!plain) {
      text.skip(-2);
      String reason =
          Character.isDigit(kind) && kind != '0' && !inClass
              ? "refers back with \\%c, which is not regular; say it without"
              : "has \\%c, which is not supported";
      throw text.bad(reason.formatted(kind));
    }
    return CodePoints.of(String.valueOf(kind));
  }

  private BitSet category() {
    String name = text.inBraces();
    if (name.isEmpty() || !Category.isKnown(name)) {
      throw text.bad(
          "has a \\p of a category that is not known; give one such as \\p{L} or \\p{Nd}");
    }
    text.skip(name.length() + 2);
    return CodePoints.category(name);
  }

  private BitSet hexInBraces() {
    String number = text.inBraces();
    text.skip(1);
    BitSet character = hex(Math.max(1, number.length()));
    if (!text.take('}')) {
      throw text.bad("has an escape that lacks its }");
    }
    return character;
  }

  private BitSet hex(int digits) {
    String number = text.ahead(digits);
    if (!number.matches("[0-9A-Fa-f]{" + digits + "}") || digits > 6) {
      throw text.bad("has an escape that lacks its %d hexadecimal digits".formatted(digits));
    }
    int character = Integer.parseInt(number, 16);
    if (!CodePoints.ALL.get(character)) {
      throw text.bad("names U+%s, which is no character".formatted(number));
    }
    text.skip(digits);
    return CodePoints.range(character, character);
  }
}
