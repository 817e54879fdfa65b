package io.reckon.engine.remote;

/**
 * A reply's text in its two parts, both trimmed.
 *
 * @param insideReasoning whether the text ends before any answer began
 */
record SplitReply(String reasoning, String answer, boolean insideReasoning) {
  private static final String OPEN = "<think>";
  private static final String CLOSE = "</think>";

  /** From a server that keeps them apart. */
  static SplitReply of(String reasoning, String answer) {
    return new SplitReply(reasoning.strip(), answer.strip(), answer.isBlank());
  }

  /** From a server that does not: split at the first {@code </think>}. */
  static SplitReply of(String text) {
    int close = text.indexOf(CLOSE);
    if (close >= 0) {
      String answer = text.substring(close + CLOSE.length()).strip();
      return new SplitReply(opened(text.substring(0, close)), answer, false);
    }
    return text.stripLeading().startsWith(OPEN)
        ? new SplitReply(opened(text), "", true)
        : new SplitReply("", text.strip(), false);
  }

  private static String opened(String text) {
    String reasoning = text.strip();
    return reasoning.startsWith(OPEN) ? reasoning.substring(OPEN.length()).strip() : reasoning;
  }

  /** The reasoning's part of the characters, from 0 to 1. */
  double reasoningShare() {
    int all = reasoning.length() + answer.length();
    return all == 0 ? 0 : (double) reasoning.length() / all;
  }
}
