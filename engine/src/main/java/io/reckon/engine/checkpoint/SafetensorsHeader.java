package io.reckon.engine.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.reckon.engine.api.EngineException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the header of a safetensors file token by token, so that a hostile one takes no more memory
 * than its own bytes and a small entry for each tensor that was found good.
 */
final class SafetensorsHeader {
  private static final int MOST_DIMENSIONS = 8;

  private final Path path;
  private final JsonParser parser;
  private final long dataStart;
  private final long dataBytes;

  private SafetensorsHeader(Path path, JsonParser parser, long dataStart, long dataBytes) {
    this.path = path;
    this.parser = parser;
    this.dataStart = dataStart;
    this.dataBytes = dataBytes;
  }

  /**
   * The tensors by name, each inside the file and beside the others.
   *
   * @param path for messages
   * @param dataStart the first byte after the header
   * @param dataBytes what follows from there
   * @throws EngineException where the header is malformed
   */
  static Map<String, StoredTensor> parse(Path path, byte[] json, long dataStart, long dataBytes)
      throws IOException {
    try (JsonParser parser = JsonFile.parser(json)) {
      SafetensorsHeader header = new SafetensorsHeader(path, parser, dataStart, dataBytes);
      Map<String, StoredTensor> tensors = header.tensors();
      TensorOverlap.refuse(tensors.values());
      return tensors;
    } catch (JsonProcessingException e) {
      throw JsonFile.invalid(path, e);
    }
  }

  private Map<String, StoredTensor> tensors() throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw JsonFile.notAnObject(path);
    }
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken value = parser.nextToken();
      if (name.equals("__metadata__")) {
        parser.skipChildren();
      } else if (value == JsonToken.START_OBJECT) {
        tensors.put(name, tensor(name));
      } else {
        throw error(path, name, "is no JSON object; the file may be damaged");
      }
    }
    return tensors;
  }

  private StoredTensor tensor(String name) throws IOException {
    String type = "?";
    List<Integer> shape = List.of();
    List<Long> offsets = List.of();
    for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
      parser.nextToken();
      switch (field) {
        case "dtype" -> type = parser.getText();
        case "shape" -> shape = shape(name);
        case "data_offsets" -> offsets = numbers(name, "data_offsets", 2);
        default -> {}
      }
      parser.skipChildren();
    }
    if (offsets.size() != 2) {
      throw error(path, name, "has no data_offsets of two numbers; the file may be damaged");
    }
    return tensor(name, type, shape, offsets.get(0), offsets.get(1));
  }

  private List<Integer> shape(String name) throws IOException {
    List<Long> sizes = numbers(name, "shape", MOST_DIMENSIONS);
    if (sizes.stream().anyMatch(size -> size < 0 || size > Integer.MAX_VALUE)) {
      throw error(path, name, "has shape " + sizes + "; the file may be damaged");
    }
    return sizes.stream().map(Long::intValue).toList();
  }

  /** A list of at most {@code most} whole numbers; ends at its closing bracket. */
  private List<Long> numbers(String name, String field, int most) throws IOException {
    List<Long> numbers = new ArrayList<>();
    boolean whole = parser.currentToken() == JsonToken.START_ARRAY;
    while (whole && parser.nextToken() != JsonToken.END_ARRAY) {
      whole = numbers.size() < most && isLong();
      if (whole) {
        numbers.add(parser.getLongValue());
      }
    }
    if (!whole) {
      throw error(
          path,
          name,
          "has a %s that is not a list of at most %d whole numbers; the file may be damaged"
              .formatted(field, most));
    }
    return numbers;
  }

  private boolean isLong() throws IOException {
    return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != NumberType.BIG_INTEGER;
  }

  private StoredTensor tensor(
      String name, String typeName, List<Integer> shape, long begin, long end) {
    if (begin < 0 || end < begin || end > dataBytes) {
      throw error(
          path,
          name,
          "lies at bytes %d to %d of %d; the file is cut short or damaged"
              .formatted(begin, end, dataBytes));
    }
    Optional<TensorType> type = TensorType.ofSafetensors(typeName);
    if (type.isPresent() && type.get().bytes(StoredTensor.numbers(shape)) != end - begin) {
      throw error(
          path,
          name,
          "has %d bytes, which is not a %s tensor of shape %s; the file may be damaged"
              .formatted(end - begin, typeName, shape));
    }
    return new StoredTensor(path, name, type, typeName, shape, dataStart + begin, end - begin);
  }

  static EngineException error(Path path, String name, String problem) {
    return CheckpointErrors.tensor(path, name, problem);
  }
}
