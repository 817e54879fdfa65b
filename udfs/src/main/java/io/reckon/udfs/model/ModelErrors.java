package io.reckon.udfs.model;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import java.io.IOException;

/** Makes the errors of this package. */
final class ModelErrors {
  private ModelErrors() {}

  static EngineException bad(Object where, String problem) {
    return new EngineException(ErrorCode.BAD_CHECKPOINT, where + ": " + problem);
  }

  static EngineException unreadable(Object where, Exception cause) {
    return new EngineException(
        ErrorCode.BAD_CHECKPOINT,
        "%s: can't be read (%s); check the address, and Hadoop's settings for it"
            .formatted(where, reason(cause)),
        cause);
  }

  /** Trying again may help. */
  static EngineException notCopied(Object what, Object to, IOException cause) {
    return new EngineException(
        ErrorCode.ENGINE_FAILED,
        "%s was not copied to %s (%s); what was copied is kept".formatted(what, to, reason(cause)),
        cause);
  }

  private static String reason(Exception cause) {
    return cause.getMessage() == null
        ? cause.toString()
        : cause.getMessage().lines().findFirst().orElse(cause.toString());
  }
}
