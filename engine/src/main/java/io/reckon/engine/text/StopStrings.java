package io.reckon.engine.text;

import java.util.List;

/** Texts at which an answer ends. */
record StopStrings(List<String> strings) {
  boolean isEmpty() {
    return strings.isEmpty();
  }

  /** Characters of the longest; 0 where there is none. */
  int longest() {
    return strings.stream().mapToInt(String::length).max().orElse(0);
  }

  /** Where the first of them begins in a text, from a place on; -1 where there is none. */
  int find(StringBuilder text, int from) {
    return strings.stream()
        .mapToInt(string -> text.indexOf(string, from))
        .filter(at -> at >= 0)
        .min()
        .orElse(-1);
  }
}
