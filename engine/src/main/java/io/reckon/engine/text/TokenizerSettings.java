package io.reckon.engine.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.reckon.engine.checkpoint.JsonFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a folder's {@code tokenizer_config.json} says, and its {@code special_tokens_map.json}.
 *
 * @param file the former
 * @param json what it holds; an empty object where there is no such file
 * @param map the same of the latter
 */
record TokenizerSettings(Path file, JsonNode json, JsonNode map) {
  private static final long LIMIT_BYTES = 16 << 20;

  /**
   * Reads the files that are there.
   *
   * @throws io.reckon.engine.api.EngineException {@code BAD_CHECKPOINT} where one is malformed
   */
  static TokenizerSettings read(Path folder) {
    Path file = folder.resolve("tokenizer_config.json");
    return new TokenizerSettings(
        file, object(file), object(folder.resolve("special_tokens_map.json")));
  }

  private static JsonNode object(Path file) {
    return Files.exists(file)
        ? JsonFile.read(file, LIMIT_BYTES)
        : JsonNodeFactory.instance.objectNode();
  }

  /**
   * How a marker such as {@code eos_token} is spelled; empty where none is named. In older folders,
   * whose settings hold no {@code added_tokens_decoder}, the map comes first, as in transformers.
   */
  String marker(String name) {
    String mapped = json.has("added_tokens_decoder") ? "" : spelling(map.path(name));
    return mapped.isEmpty() ? spelling(json.path(name)) : mapped;
  }

  private static String spelling(JsonNode value) {
    return value.isObject() ? value.path("content").asText() : value.asText("");
  }
}
