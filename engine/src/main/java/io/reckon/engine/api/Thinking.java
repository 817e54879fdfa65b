package io.reckon.engine.api;

import java.io.Serializable;

/** How long a model that reasons before it answers may do so. */
public sealed interface Thinking extends Serializable {
  /** As long as it likes, within the limit of new tokens; what its template does by itself. */
  Thinking FREE = new Free();

  /** The same, and a template that reasons only where it is told is told. */
  Thinking ON = new On();

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

  /**
   * With as much effort as a word says, for templates and endpoints that know it.
   *
   * @throws EngineException {@code BAD_OPTION} for what is no word
   */
  static Thinking effort(String level) {
    return new Effort(level);
  }

  /** Whether the model may reason. */
  static boolean allowed(Thinking thinking) {
    boolean none = thinking instanceof Effort effort && effort.level().equals("none");
    return !none && !(thinking instanceof Off);
  }

  /** No limit of its own. */
  record Free() implements Thinking {}

  /** No limit, and asked for. */
  record On() implements Thinking {}

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

  /**
   * OpenAI's {@code reasoning_effort}.
   *
   * @param level such as {@code low} or {@code high}; {@code none} for no reasoning
   */
  record Effort(String level) implements Thinking {
    public Effort {
      if (!level.matches("[a-z]{1,16}")) {
        throw new EngineException(
            ErrorCode.BAD_OPTION,
            "reasoning_effort is '%s'; give a word such as low, medium or high".formatted(level));
      }
    }
  }
}
