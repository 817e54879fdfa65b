package io.reckon.engine.api;

import java.io.Serializable;

/** How long a model that reasons before it answers may do so. */
public sealed interface Thinking extends Serializable {
  /** As long as it likes, within the limit of new tokens. */
  Thinking FREE = new Free();

  /** Not at all: the prompt ends after the reasoning. */
  Thinking OFF = new Off();

  /**
   * At most so many tokens.
   *
   * @throws EngineException {@code BAD_OPTION} for fewer than one
   */
  static Thinking atMost(int tokens) {
    return new Limited(tokens);
  }

  /** No limit of its own. */
  record Free() implements Thinking {}

  /** No reasoning. */
  record Off() implements Thinking {}

  /**
   * A budget; where it is spent the reasoning is closed, and the answer follows.
   *
   * @param tokens 1 or more
   */
  record Limited(int tokens) implements Thinking {
    public Limited {
      if (tokens < 1) {
        throw new EngineException(
            ErrorCode.BAD_OPTION,
            "max-thinking-tokens is %d; give 1 or more, or no-thinking for none".formatted(tokens));
      }
    }
  }
}
