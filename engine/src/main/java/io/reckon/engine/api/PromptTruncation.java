package io.reckon.engine.api;

/** What becomes of a request whose prompt is longer than the context. */
public enum PromptTruncation {
  /** It fails with {@link ErrorCode#PROMPT_TOO_LONG}. */
  ERROR,
  /** The beginning of its longest user message is cut off. */
  LEFT,
  /** The end of its longest user message is cut off. */
  RIGHT
}
