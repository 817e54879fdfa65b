package io.reckon.engine.text;

import java.util.List;

/**
 * Texts at which an answer ends.
 *
 * @param longest characters of the longest; 0 where there is none
 */
record StopStrings(List<String> strings, int longest) {
  static StopStrings of(List<String> strings) {
    return new StopStrings(strings, strings.stream().mapToInt(String::length).max().orElse(0));
  }

  boolean isEmpty() {
    return strings.isEmpty();
  }

  /** Where the first of them begins in a text, from a place on; -1 where there is none. */
  int find(StringBuilder text, int from) {
    int first = -1;
    for (String string : strings) {
      int at = text.indexOf(string, from);
      first = at >= 0 && (first < 0 || at < first) ? at : first;
    }
    return first;
  }
}
