package io.reckon.engine.text;

/** The markers around a model's reasoning. */
final class ThinkMarkers {
  static final String OPEN = "<think>";
  static final String CLOSE = "</think>";

  /** What stands between the opening marker and an answer without reasoning. */
  static final String NOTHING_THOUGHT = "\n\n" + CLOSE + "\n\n";

  private ThinkMarkers() {}

  static boolean isMarker(String text) {
    return text.equals(OPEN) || text.equals(CLOSE);
  }
}
