package io.reckon.engine.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.reckon.engine.api.EngineException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the header of a safetensors file token by token, so that a hostile one takes no more memory
 * than its own bytes and a small entry for each tensor that was found good.
 */
final class SafetensorsHeader {
  private static final int MOST_DIMENSIONS = 8;

  /**
   * Where a tensor lies.
   *
   * @param type its number format as written, known or not
   * @param begin offset from the first byte after the header
   * @param end offset after its last byte
   */
  record Entry(String name, String type, List<Integer> shape, long begin, long end) {
    long bytes() {
      return end - begin;
    }
  }

  private final Path path;
  private final JsonParser parser;
  private final long dataBytes;

  private SafetensorsHeader(Path path, JsonParser parser, long dataBytes) {
    this.path = path;
    this.parser = parser;
    this.dataBytes = dataBytes;
  }

  /**
   * The tensors by name, each inside the file and beside the others.
   *
   * @param path for messages
   * @param dataBytes what follows the header
   * @throws EngineException where the header is malformed
   */
  static Map<String, Entry> parse(Path path, byte[] json, long dataBytes) throws IOException {
    try (JsonParser parser = JsonFile.parser(json)) {
      Map<String, Entry> entries = new SafetensorsHeader(path, parser, dataBytes).entries();
      refuseOverlaps(path, entries);
      return entries;
    } catch (JsonProcessingException e) {
      throw JsonFile.invalid(path, e);
    }
  }

  private Map<String, Entry> entries() throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw JsonFile.notAnObject(path);
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken value = parser.nextToken();
      if (name.equals("__metadata__")) {
        parser.skipChildren();
      } else if (value == JsonToken.START_OBJECT) {
        entries.put(name, entry(name));
      } else {
        throw error(path, name, "is no JSON object; the file may be damaged");
      }
    }
    return entries;
  }

  private Entry entry(String name) throws IOException {
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
    return checked(new Entry(name, type, shape, offsets.get(0), offsets.get(1)));
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

  private Entry checked(Entry entry) {
    if (entry.begin() < 0 || entry.end() < entry.begin() || entry.end() > dataBytes) {
      throw error(
          path,
          entry.name(),
          "lies at bytes %d to %d of %d; the file is cut short or damaged"
              .formatted(entry.begin(), entry.end(), dataBytes));
    }
    for (TensorType type : TensorType.values()) {
      if (type.name().equals(entry.type()) && bytes(entry.shape(), type) != entry.bytes()) {
        throw error(
            path,
            entry.name(),
            "has %d bytes, which is not a %s tensor of shape %s; the file may be damaged"
                .formatted(entry.bytes(), type, entry.shape()));
      }
    }
    return entry;
  }

  private static long bytes(List<Integer> shape, TensorType type) {
    long bytes = type.bytes();
    for (int dimension : shape) {
      // Saturates, so that no absurd shape can wrap around to a plausible size.
      bytes =
          dimension != 0 && bytes > Long.MAX_VALUE / dimension ? Long.MAX_VALUE : bytes * dimension;
    }
    return bytes;
  }

  private static void refuseOverlaps(Path path, Map<String, Entry> entries) {
    List<Entry> inOrder = new ArrayList<>(entries.values());
    inOrder.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    for (int i = 1; i < inOrder.size(); i++) {
      if (inOrder.get(i).begin() < inOrder.get(i - 1).end()) {
        throw error(
            path,
            inOrder.get(i).name(),
            "overlaps " + inOrder.get(i - 1).name() + "; the file may be damaged");
      }
    }
  }

  static EngineException error(Path path, String name, String problem) {
    return CheckpointErrors.bad(path, "tensor " + name + " " + problem);
  }
}
