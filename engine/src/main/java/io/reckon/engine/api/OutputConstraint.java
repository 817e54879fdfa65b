package io.reckon.engine.api;

import java.io.Serializable;
import java.util.List;

/**
 * What an answer must look like. Reasoning is not held to it. The engine checks a constraint when
 * it compiles it; {@code docs/constraints.md} has what is supported.
 */
public sealed interface OutputConstraint extends Serializable {
  /** Any answer will do. */
  static OutputConstraint none() {
    return new None();
  }

  /** Whether answers are held to anything. */
  default boolean constrains() {
    return !(this instanceof None);
  }

  /** No constraint. */
  record None() implements OutputConstraint {}

  /**
   * The answer is one of some texts.
   *
   * @param texts at least one, none empty
   */
  record Choice(List<String> texts) implements OutputConstraint {
    public Choice {
      texts = List.copyOf(texts);
      if (texts.isEmpty() || texts.contains("")) {
        throw new EngineException(
            ErrorCode.BAD_OPTION,
            "choice is %s; give texts to choose from, none of them empty".formatted(texts));
      }
    }
  }

  /** The whole answer matches a regular expression. */
  record Regex(String pattern) implements OutputConstraint {}

  /**
   * The answer is a JSON value that a schema allows.
   *
   * @param schema a JSON document; properties are written in its order
   */
  record JsonSchema(String schema) implements OutputConstraint {}
}
