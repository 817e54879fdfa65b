package io.reckon.engine.checkpoint;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import java.nio.file.Path;

/** Makes every error about a checkpoint: one line that names the file, the value and the remedy. */
final class CheckpointErrors {
  private CheckpointErrors() {}

  static EngineException bad(Path file, String problem) {
    return new EngineException(ErrorCode.BAD_CHECKPOINT, file + ": " + oneLine(problem));
  }

  static EngineException unreadable(Path file, Exception cause) {
    return new EngineException(
        ErrorCode.BAD_CHECKPOINT,
        file + ": can't be read: " + oneLine(String.valueOf(cause.getMessage())),
        cause);
  }

  private static String oneLine(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() <= 2000 ? line : line.substring(0, 2000) + "...";
  }
}
