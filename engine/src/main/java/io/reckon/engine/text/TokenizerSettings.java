package io.reckon.engine.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.reckon.engine.checkpoint.JsonFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a folder's {@code tokenizer_config.json} says.
 *
 * @param json an empty object where there is no such file
 */
record TokenizerSettings(Path file, JsonNode json) {
  private static final long LIMIT_BYTES = 16 << 20;

  /**
   * Reads the file, if there is one.
   *
   * @throws io.reckon.engine.api.EngineException {@code BAD_CHECKPOINT} where it is malformed
   */
  static TokenizerSettings read(Path folder) {
    Path file = folder.resolve("tokenizer_config.json");
    return new TokenizerSettings(
        file,
        Files.exists(file)
            ? JsonFile.read(file, LIMIT_BYTES)
            : JsonNodeFactory.instance.objectNode());
  }

  /** How a marker such as {@code eos_token} is spelled; empty where none is named. */
  String marker(String name) {
    JsonNode value = json.path(name);
    return value.isObject() ? value.path("content").asText() : value.asText("");
  }
}
