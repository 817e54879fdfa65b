package io.reckon.engine.text;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import java.nio.file.Path;

/** Makes the errors of this package. */
final class TextErrors {
  private static final int LONGEST = 500;

  private TextErrors() {}

  static EngineException badFile(Path file, String problem) {
    return new EngineException(ErrorCode.BAD_CHECKPOINT, file + ": " + oneLine(problem));
  }

  static EngineException refused(String reason) {
    return new EngineException(
        ErrorCode.TEMPLATE_REFUSED, "the chat template refused the messages: " + oneLine(reason));
  }

  static EngineException empty() {
    return new EngineException(
        ErrorCode.PROMPT_EMPTY, "the prompt is empty once rendered; give some text");
  }

  static EngineException tooLong(int promptTokens, int contextTokens) {
    return new EngineException(
        ErrorCode.PROMPT_TOO_LONG,
        "the prompt has %d tokens; with one to generate, the context of %d holds %d (what the model takes, or the cache where that is less); shorten it, or have it truncated"
            .formatted(promptTokens, contextTokens, contextTokens - 1));
  }

  static EngineException tooLongToCut(
      int promptTokens, int messageTokens, int contextTokens, int room) {
    return new EngineException(
        ErrorCode.PROMPT_TOO_LONG,
        "the prompt has %d tokens, %d of them in the longest user message; cutting that is not enough for the context of %d with room for %d new tokens; shorten the other messages"
            .formatted(promptTokens, messageTokens, contextTokens, room));
  }

  private static String oneLine(String text) {
    String line = text.strip().replaceAll("\\s*\\R\\s*", " ");
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
  }
}
