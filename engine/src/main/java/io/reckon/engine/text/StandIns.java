package io.reckon.engine.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Private-use characters that stand for characters of row text by which it could be taken for an
 * added token. Text with stand-ins goes through a template like any other; {@link #reveal} gives
 * the characters back. For one conversation, one thread.
 */
final class StandIns {
  private static final char FIRST_PRIVATE = '\uE000';
  private static final char LAST_PRIVATE = '\uF8FF';

  private final List<String> texts;
  private final Map<Integer, Character> standInOf = new HashMap<>();
  private final Map<Character, Integer> characterOf = new HashMap<>();
  private char next = FIRST_PRIVATE;

  /**
   * @param texts what no stand-in may occur in
   */
  StandIns(List<String> texts) {
    this.texts = texts;
  }

  /** A private-use character that the texts don't hold and that stands for nothing. */
  char unused() {
    while (next <= LAST_PRIVATE) {
      String candidate = String.valueOf(next++);
      if (texts.stream().noneMatch(text -> text.contains(candidate))) {
        return candidate.charAt(0);
      }
    }
    throw TextErrors.refused("they hold all private-use characters; leave one out");
  }

  /** Puts stand-ins at the places that a test picks; a place is the index of a character. */
  String hide(String text, IntPredicate place) {
    StringBuilder hidden = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int character = text.codePointAt(i);
      if (place.test(i)) {
        hidden.append(standIn(character));
      } else {
        hidden.appendCodePoint(character);
      }
    }
    return hidden.toString();
  }

  private char standIn(int character) {
    return standInOf.computeIfAbsent(
        character,
        any -> {
          char standIn = unused();
          characterOf.put(standIn, character);
          return standIn;
        });
  }

  /** Whether any character of the text stands for another. */
  boolean anyIn(String text) {
    return !characterOf.isEmpty() && text.chars().anyMatch(c -> characterOf.containsKey((char) c));
  }

  /** The text with the characters that were hidden. */
  String reveal(String text) {
    StringBuilder revealed = new StringBuilder(text.length());
    text.chars().forEach(c -> revealed.appendCodePoint(characterOf.getOrDefault((char) c, c)));
    return revealed.toString();
  }
}
