package io.reckon.engine.remote;

import io.reckon.engine.api.ReasoningMarkers;

/**
 * A reply's text in its two parts, both trimmed.
 *
 * @param insideReasoning whether the text ends before any answer began
 */
record SplitReply(String reasoning, String answer, boolean insideReasoning) {
  /** From a server that keeps them apart. */
  static SplitReply of(String reasoning, String answer) {
    return new SplitReply(reasoning.strip(), answer.strip(), answer.isBlank());
  }

  /** From a server that does not: split at the first closing marker. */
  static SplitReply of(String text, ReasoningMarkers given) {
    ReasoningMarkers markers = given.areGiven() ? given : ReasoningMarkers.USUAL;
    int close = text.indexOf(markers.close());
    if (close >= 0) {
      String answer = text.substring(close + markers.close().length()).strip();
      return new SplitReply(markers.reasoningIn(text.substring(0, close)), answer, false);
    }
    return text.stripLeading().startsWith(markers.open())
        ? new SplitReply(markers.reasoningIn(text), "", true)
        : new SplitReply("", text.strip(), false);
  }

  /** The reasoning's part of the characters, from 0 to 1. */
  double reasoningShare() {
    int all = reasoning.length() + answer.length();
    return all == 0 ? 0 : (double) reasoning.length() / all;
  }
}
