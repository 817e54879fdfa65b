package io.reckon.engine.constraint;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;

/** Makes the errors of this package. */
final class ConstraintErrors {
  private ConstraintErrors() {}

  static EngineException bad(String problem) {
    return new EngineException(ErrorCode.BAD_OPTION, problem);
  }

  /**
   * @param pointer where in a schema, as a JSON pointer after {@code #}
   */
  static EngineException at(String pointer, String problem) {
    return bad("json-schema: #%s %s".formatted(pointer, problem));
  }

  static EngineException regex(String pattern, int place, String problem) {
    return bad(
        "the regular expression '%s' %s, at character %d".formatted(pattern, problem, place + 1));
  }
}
