package io.reckon.engine.constraint;

import io.reckon.engine.api.EngineException;

/** A regular expression and how far it is read. */
final class RegexText {
  private final String pattern;
  private int at;

  RegexText(String pattern) {
    this.pattern = pattern;
  }

  boolean isAtEnd() {
    return at == pattern.length();
  }

  char peek() {
    return pattern.charAt(at);
  }

  int codePoint() {
    return pattern.codePointAt(at);
  }

  /** So many characters from here on, or as many as there are. */
  String ahead(int count) {
    return pattern.substring(at, (int) Math.min(pattern.length(), (long) at + count));
  }

  boolean startsWith(String text) {
    return pattern.startsWith(text, at);
  }

  /** What stands between a brace that is here and the next that closes; else empty. */
  String inBraces() {
    int end = startsWith("{") ? pattern.indexOf('}', at) : -1;
    return end < 0 ? "" : pattern.substring(at + 1, end);
  }

  /** Skips a character if it is this one; says whether it is. */
  boolean take(char expected) {
    if (!isAtEnd() && peek() == expected) {
      at++;
      return true;
    }
    return false;
  }

  void skip(int characters) {
    at += characters;
  }

  int position() {
    return at;
  }

  void moveTo(int position) {
    at = position;
  }

  /** An error that names this place. */
  EngineException bad(String problem) {
    return ConstraintErrors.regex(pattern, at, problem);
  }

  EngineException tooLarge() {
    return ConstraintErrors.bad(
        "the regular expression '%s' is too large; repeat less in it".formatted(pattern));
  }
}
