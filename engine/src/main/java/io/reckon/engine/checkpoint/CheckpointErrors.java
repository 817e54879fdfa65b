package io.reckon.engine.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import java.nio.file.Path;

/** Makes every error about a checkpoint: one line that names the file, the value and the remedy. */
final class CheckpointErrors {
  private static final int LONGEST_VALUE = 80;

  private CheckpointErrors() {}

  static EngineException bad(Path file, String problem) {
    return bad(file.toString(), problem);
  }

  /**
   * @param model as the user named it
   */
  static EngineException bad(String model, String problem) {
    return new EngineException(ErrorCode.BAD_CHECKPOINT, model + ": " + oneLine(problem));
  }

  static EngineException unreadable(Path file, Exception cause) {
    return new EngineException(
        ErrorCode.BAD_CHECKPOINT,
        "%s: can't be read (%s); check the file and its permissions"
            .formatted(file, oneLine(String.valueOf(cause.getMessage()))),
        cause);
  }

  /** A value as it stands in a file, cut where it is long. */
  static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE) + "...";
  }

  private static String oneLine(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() <= 2000 ? line : line.substring(0, 2000) + "...";
  }
}
