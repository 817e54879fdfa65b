package io.reckon.engine.text;

/** The markers around a model's reasoning. */
final class ThinkMarkers {
  static final String OPEN = "<think>";
  static final String CLOSE = "</think>";

  private ThinkMarkers() {}

  static boolean isMarker(String text) {
    return text.equals(OPEN) || text.equals(CLOSE);
  }
}
