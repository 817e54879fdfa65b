package io.reckon.engine.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads JSON objects of bounded size. */
final class JsonFile {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private JsonFile() {}

  /**
   * Reads a file that holds one object.
   *
   * @throws io.reckon.engine.api.EngineException where it is missing, larger than {@code
   *     limitBytes} or no object
   */
  static JsonNode read(Path file, long limitBytes) {
    if (!Files.isRegularFile(file)) {
      throw CheckpointErrors.bad(file, "there is no such file; give a Hugging Face model folder");
    }
    try {
      long size = Files.size(file);
      if (size > limitBytes) {
        throw CheckpointErrors.bad(
            file, "has " + size + " bytes; such a file has at most " + limitBytes);
      }
      return object(file, Files.readAllBytes(file));
    } catch (IOException e) {
      throw CheckpointErrors.unreadable(file, e);
    }
  }

  /** Parses the bytes of one object that stands in {@code file}. */
  static JsonNode object(Path file, byte[] json) throws IOException {
    try {
      JsonNode node = MAPPER.readTree(json);
      if (node == null || !node.isObject()) {
        throw CheckpointErrors.bad(file, "is not a JSON object; the file may be damaged");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw CheckpointErrors.bad(
          file, "is not valid JSON (" + e.getOriginalMessage() + "); the file may be damaged");
    }
  }
}
