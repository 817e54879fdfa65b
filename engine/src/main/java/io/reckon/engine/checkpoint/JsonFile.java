package io.reckon.engine.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reckon.engine.api.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads JSON objects of bounded size; refuses names that come twice in an object. */
public final class JsonFile {
  /** Some three times what the largest tokenizers have; bounds what names may take. */
  private static final long MOST_TOKENS = 8_000_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxTokenCount(MOST_TOKENS).build())
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private JsonFile() {}

  /**
   * Reads a file that holds one object.
   *
   * @throws EngineException {@code BAD_CHECKPOINT} where it is missing, larger than {@code
   *     limitBytes} or no object
   */
  public static JsonNode read(Path file, long limitBytes) {
    requireSize(file, limitBytes);
    try {
      return object(file, Files.readAllBytes(file));
    } catch (IOException e) {
      throw CheckpointErrors.unreadable(file, e);
    }
  }

  /**
   * What reads a file token by token.
   *
   * @param <T> what it makes of it
   */
  @FunctionalInterface
  public interface Reader<T> {
    T read(JsonParser parser) throws IOException;
  }

  /**
   * Reads a file token by token, for those that may be large.
   *
   * @throws EngineException {@code BAD_CHECKPOINT} where it is missing, larger than {@code
   *     limitBytes} or no JSON
   */
  public static <T> T stream(Path file, long limitBytes, Reader<T> reader) {
    requireSize(file, limitBytes);
    try (JsonParser parser = MAPPER.createParser(file.toFile())) {
      return reader.read(parser);
    } catch (JsonProcessingException e) {
      throw invalid(file, e);
    } catch (IOException e) {
      throw CheckpointErrors.unreadable(file, e);
    }
  }

  /**
   * Reads JSON token by token that stands in memory.
   *
   * @param origin the file that errors name
   * @throws EngineException {@code BAD_CHECKPOINT} where it is no JSON
   */
  public static <T> T stream(Path origin, byte[] json, Reader<T> reader) {
    try (JsonParser parser = MAPPER.createParser(json)) {
      return reader.read(parser);
    } catch (JsonProcessingException e) {
      throw invalid(origin, e);
    } catch (IOException e) {
      throw CheckpointErrors.unreadable(origin, e);
    }
  }

  private static void requireSize(Path file, long limitBytes) {
    if (!Files.isRegularFile(file)) {
      throw CheckpointErrors.bad(file, "there is no such file; give a Hugging Face model folder");
    }
    try {
      long size = Files.size(file);
      if (size > limitBytes) {
        throw CheckpointErrors.bad(
            file,
            "has " + size + " bytes where " + limitBytes + " are allowed; is it the right file?");
      }
    } catch (IOException e) {
      throw CheckpointErrors.unreadable(file, e);
    }
  }

  private static JsonNode object(Path file, byte[] json) throws IOException {
    try {
      JsonNode node = MAPPER.readTree(json);
      if (node == null || !node.isObject()) {
        throw notAnObject(file);
      }
      return node;
    } catch (JsonProcessingException e) {
      throw invalid(file, e);
    }
  }

  /** Reads bytes token by token. */
  static JsonParser parser(byte[] json) throws IOException {
    return MAPPER.createParser(json);
  }

  /** The error of a file that holds something else. */
  public static EngineException notAnObject(Path file) {
    return CheckpointErrors.bad(file, "is not a JSON object; the file may be damaged");
  }

  static EngineException invalid(Path file, JsonProcessingException e) {
    return CheckpointErrors.bad(
        file, "is not valid JSON (" + e.getOriginalMessage() + "); the file may be damaged");
  }
}
