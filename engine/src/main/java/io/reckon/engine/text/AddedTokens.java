package io.reckon.engine.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds added tokens in text as the tokenizer does: the first there is, the longest at its place.
 */
final class AddedTokens {
  /** Longest first. */
  private final Map<Character, List<String>> byFirst = new HashMap<>();

  private final BitSet firsts = new BitSet();

  /** What may stand at the end of a text whose continuation would make a token, by last letter. */
  private final Map<Character, Set<String>> beginnings = new HashMap<>();

  /** What may stand at the start of a text, by first letter. */
  private final Map<Character, Set<String>> endings = new HashMap<>();

  AddedTokens(List<AddedToken> tokens) {
    for (AddedToken token : tokens) {
      String text = token.content();
      byFirst.computeIfAbsent(text.charAt(0), first -> new ArrayList<>()).add(text);
      firsts.set(text.charAt(0));
      for (int cut = 1; cut < text.length(); cut++) {
        add(beginnings, text.charAt(cut - 1), text.substring(0, cut));
        add(endings, text.charAt(cut), text.substring(cut));
      }
    }
    byFirst.values().forEach(list -> list.sort(Comparator.comparing(String::length).reversed()));
  }

  private static void add(Map<Character, Set<String>> parts, char key, String part) {
    if (!part.isBlank()) {
      parts.computeIfAbsent(key, any -> new HashSet<>()).add(part);
    }
  }

  /** The length of the token that begins at a place; 0 where none does. */
  int lengthAt(String text, int index) {
    if (!firsts.get(text.charAt(index))) {
      return 0;
    }
    for (String token : byFirst.get(text.charAt(index))) {
      if (text.startsWith(token, index)) {
        return token.length();
      }
    }
    return 0;
  }

  /** The place of the next token from {@code from} on; the text's length where none follows. */
  int next(String text, int from) {
    int index = from;
    while (index < text.length() && lengthAt(text, index) == 0) {
      index++;
    }
    return index;
  }

  /** Whether something before the text could make a token with its start. */
  boolean mayBeginInside(String text) {
    return !text.isEmpty()
        && endings.getOrDefault(text.charAt(0), Set.of()).stream().anyMatch(text::startsWith);
  }

  /** Whether something after the text could make a token with its end. */
  boolean mayEndInside(String text) {
    return !text.isEmpty()
        && beginnings.getOrDefault(text.charAt(text.length() - 1), Set.of()).stream()
            .anyMatch(text::endsWith);
  }
}
