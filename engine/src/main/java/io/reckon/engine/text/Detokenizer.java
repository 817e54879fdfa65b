package io.reckon.engine.text;

/** Turns one generation's tokens into text, piece by piece. One thread at a time. */
sealed interface Detokenizer permits ByteLevelDetokenizer, WindowDetokenizer {
  /** The text that {@code token} completes; never part of a character. */
  String append(int token);

  /** What is left at the end; bytes that make no character become U+FFFD. */
  String finish();
}
