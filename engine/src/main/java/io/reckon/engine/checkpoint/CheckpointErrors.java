package io.reckon.engine.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import java.nio.channels.ClosedByInterruptException;
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

  static EngineException tensor(Path file, String name, String problem) {
    return bad(file, "tensor " + name + " " + problem);
  }

  static EngineException unreadable(Path file, Exception cause) {
    if (cause instanceof ClosedByInterruptException) { // The file is not at fault.
      return new EngineException(
          ErrorCode.ENGINE_CLOSED, "loading was interrupted; open the engine again", cause);
    }
    return new EngineException(
        ErrorCode.BAD_CHECKPOINT,
        "%s: can't be read (%s); check the file and its permissions"
            .formatted(file, oneLine(String.valueOf(cause.getMessage()))),
        cause);
  }

  /** A value as it stands in a file, cut where it is long. */
  static String shown(JsonNode value) {
    return shown(value.toString());
  }

  /** The same of a GGUF's metadata. */
  static String shown(GgufValue value) {
    if (value instanceof GgufValue.Text text) {
      return shown('"' + text.text() + '"');
    } else if (value instanceof GgufValue.Whole whole) {
      return Long.toString(whole.number());
    } else if (value instanceof GgufValue.Fraction fraction) {
      return Double.toString(fraction.number());
    } else if (value instanceof GgufValue.Flag flag) {
      return Boolean.toString(flag.set());
    }
    return "a list";
  }

  private static String shown(String text) {
    return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE) + "...";
  }

  private static String oneLine(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() <= 2000 ? line : line.substring(0, 2000) + "...";
  }
}
