package io.reckon.engine.remote;

import com.openai.core.JsonArray;
import com.openai.core.JsonObject;
import com.openai.core.JsonString;
import com.openai.core.JsonValue;
import com.openai.errors.OpenAIInvalidDataException;
import java.util.List;

/**
 * Content that is a list of chunks and no text, as Mistral's reasoning models write it: {@code
 * [{"type": "thinking", "thinking": [{"type": "text", "text": "..."}]}, {"type": "text", "text":
 * "42"}]}. Chunks of other types, such as references, hold nothing that the model said.
 *
 * @param reasoning what was thought; empty where nothing was
 */
record ContentChunks(String reasoning, String answer) {
  /**
   * @throws OpenAIInvalidDataException where a chunk is not as above
   */
  static ContentChunks of(List<JsonValue> chunks) {
    StringBuilder reasoning = new StringBuilder();
    StringBuilder answer = new StringBuilder();
    for (JsonValue chunk : chunks) {
      switch (type(chunk)) {
        case "thinking" -> reasoning.append(thought(member(chunk, "thinking")));
        case "text" -> answer.append(text(chunk));
        default -> {}
      }
    }
    return new ContentChunks(reasoning.toString(), answer.toString());
  }

  private static String type(JsonValue chunk) {
    return string(member(chunk, "type"), "type", chunk);
  }

  /** Of a list of chunks; some servers that translate write a text. */
  private static String thought(JsonValue thinking) {
    if (thinking instanceof JsonString text) {
      return text.value();
    }
    if (!(thinking instanceof JsonArray chunks)) {
      throw unreadable("thinking", thinking);
    }
    return of(chunks.values()).answer();
  }

  private static String text(JsonValue chunk) {
    return string(member(chunk, "text"), "text", chunk);
  }

  private static String string(JsonValue value, String name, JsonValue chunk) {
    if (!(value instanceof JsonString text)) {
      throw unreadable(name, chunk);
    }
    return text.value();
  }

  private static JsonValue member(JsonValue chunk, String name) {
    if (!(chunk instanceof JsonObject object) || !object.values().containsKey(name)) {
      throw unreadable(name, chunk);
    }
    return object.values().get(name);
  }

  private static OpenAIInvalidDataException unreadable(String name, JsonValue chunk) {
    return new OpenAIInvalidDataException(
        "`content` has a chunk whose `%s` is none: %s".formatted(name, chunk), null);
  }
}
