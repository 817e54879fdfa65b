package io.reckon.engine.api;

import java.io.Serializable;

/**
 * What a model writes before and after its reasoning.
 *
 * @param open such as {@code <think>}; both are empty where the model's vocabulary shall tell
 * @param close such as {@code </think>}
 */
public record ReasoningMarkers(String open, String close) implements Serializable {
  /** Those that the model's vocabulary has, {@code <think>} and {@code </think>} if it has none. */
  public static final ReasoningMarkers OF_MODEL = new ReasoningMarkers("", "");

  /** Those of DeepSeek, Qwen and most others. */
  public static final ReasoningMarkers USUAL = new ReasoningMarkers("<think>", "</think>");

  private static final int LONGEST = 100;

  /**
   * @throws EngineException {@code BAD_OPTION} where the two can't be told apart in a text
   */
  public ReasoningMarkers {
    boolean oneAlone = open.isEmpty() != close.isEmpty();
    if (oneAlone || (open.equals(close) && !open.isEmpty())) {
      throw bad(
          "think-open is '%s' and think-close is '%s'; give two that differ, or none"
              .formatted(open, close));
    }
    requireMarker("think-open", open);
    requireMarker("think-close", close);
  }

  private static void requireMarker(String option, String marker) {
    if (!marker.equals(marker.strip()) || marker.length() > LONGEST) {
      throw bad(
          "%s is '%s'; give up to %d characters, with no space at either end"
              .formatted(option, marker, LONGEST));
    }
  }

  private static EngineException bad(String message) {
    return new EngineException(ErrorCode.BAD_OPTION, message);
  }

  /** Whether they are said, and the vocabulary not asked. */
  public boolean areGiven() {
    return !open.isEmpty();
  }

  /** Whether a text is one of the two and nothing else. */
  public boolean isMarker(String text) {
    return text.equals(open) || text.equals(close);
  }

  /** The reasoning in a text that ends before the closing marker: trimmed, and not as opened. */
  public String reasoningIn(String text) {
    String reasoning = text.strip();
    return reasoning.startsWith(open) ? reasoning.substring(open.length()).strip() : reasoning;
  }
}
