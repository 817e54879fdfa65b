package io.reckon.engine.checkpoint;

import io.reckon.engine.api.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads a GGUF's header; takes no more memory than its keys, its texts and an entry a tensor. */
final class GgufHeaderReader {
  private static final int MAGIC = 0x46554747;
  private static final Set<Integer> VERSIONS = Set.of(2, 3);
  private static final int MOST_ENTRIES = 1 << 16;
  private static final int LONGEST_NAME = 1 << 16;
  private static final int LONGEST_TEXT = 1 << 24;
  private static final int MOST_DIMENSIONS = 4;
  private static final int LEAST_METADATA_BYTES = 8 + 4 + 1;
  private static final int LEAST_TENSOR_BYTES = 8 + 4 + 4 + 8;
  private static final String ALIGNMENT = "general.alignment";
  private static final int MOST_ALIGNMENT = 1 << 20;

  /** A tensor whose offset still counts from where the header ends. */
  private record Entry(String name, List<Integer> shape, int type, long offset) {}

  private final Path path;
  private final GgufInput input;
  private long textLeft = 4L * LONGEST_TEXT;

  /** Whether tensors may lie where the file has no bytes. */
  private final boolean alone;

  private GgufHeaderReader(Path path, GgufInput input, boolean alone) {
    this.path = path;
    this.input = input;
    this.alone = alone;
  }

  static GgufHeader read(Path path) {
    return read(path, false);
  }

  /** Reads the header of a file that may be cut short behind it. */
  static GgufHeader peek(Path path) {
    return read(path, true);
  }

  private static GgufHeader read(Path path, boolean alone) {
    if (!Files.isRegularFile(path)) {
      throw CheckpointErrors.bad(path, "there is no such file; the download may be incomplete");
    }
    try (GgufInput input = GgufInput.open(path, 0)) {
      return new GgufHeaderReader(path, input, alone).header();
    } catch (IOException e) {
      throw CheckpointErrors.unreadable(path, e);
    }
  }

  private GgufHeader header() throws IOException {
    requireMagicAndVersion();
    long tensorCount = input.count(LEAST_TENSOR_BYTES, MOST_ENTRIES, "tensors");
    long metadataCount = input.count(LEAST_METADATA_BYTES, MOST_ENTRIES, "metadata entries");
    Map<String, GgufValue> metadata = metadata(metadataCount);
    List<Entry> entries = new ArrayList<>();
    for (long i = 0; i < tensorCount; i++) {
      entries.add(entry());
    }
    return new GgufHeader(path, metadata, tensors(entries, alignment(metadata)));
  }

  private void requireMagicAndVersion() throws IOException {
    if (input.left() < Integer.BYTES || input.int32() != MAGIC) {
      throw CheckpointErrors.bad(
          path, "does not begin with GGUF; give a GGUF file or a Hugging Face model folder");
    }
    int version = input.int32();
    if (VERSIONS.contains(Integer.reverseBytes(version))) {
      throw CheckpointErrors.bad(path, "is a big-endian GGUF; give a little-endian one");
    }
    if (!VERSIONS.contains(version)) {
      throw CheckpointErrors.bad(
          path,
          "is GGUF version %s; give version 2 or 3".formatted(Integer.toUnsignedString(version)));
    }
  }

  private Map<String, GgufValue> metadata(long count) throws IOException {
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    for (long i = 0; i < count; i++) {
      long at = input.position();
      String key = input.text(LONGEST_NAME);
      if (metadata.put(key, value(input.type())) != null) {
        throw input.error(at, "gives " + key + " a second time");
      }
    }
    return metadata;
  }

  private GgufValue value(GgufType type) throws IOException {
    return switch (type) {
      case BOOL -> new GgufValue.Flag(input.flag());
      case STRING -> text();
      case ARRAY -> items();
      case FLOAT32, FLOAT64 -> new GgufValue.Fraction(input.fraction(type));
      default -> new GgufValue.Whole(input.whole(type));
    };
  }

  private GgufValue text() throws IOException {
    long at = input.position();
    String text = input.text(LONGEST_TEXT);
    textLeft -= text.length();
    if (textLeft < 0) {
      throw input.error(at, "has more text than any model needs");
    }
    return new GgufValue.Text(text);
  }

  private GgufValue items() throws IOException {
    GgufType type = input.type();
    long count = input.count(type.leastBytes(), Integer.MAX_VALUE, "items");
    long begin = input.position();
    input.skip(type, count);
    return new GgufValue.Items(type, count, begin, input.position() - begin);
  }

  private Entry entry() throws IOException {
    String name = input.text(LONGEST_NAME);
    long at = input.position();
    int dimensions = input.int32();
    if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
      throw input.error(
          at,
          "gives tensor %s %s dimensions".formatted(name, Integer.toUnsignedString(dimensions)));
    }
    List<Integer> shape = new ArrayList<>();
    for (int i = 0; i < dimensions; i++) {
      shape.add(0, size(name));
    }
    return new Entry(name, shape, input.int32(), input.int64());
  }

  private int size(String name) throws IOException {
    long at = input.position();
    long size = input.int64();
    if (size < 1 || size > Integer.MAX_VALUE) {
      throw input.error(
          at, "gives tensor %s the size %s".formatted(name, Long.toUnsignedString(size)));
    }
    return (int) size;
  }

  private int alignment(Map<String, GgufValue> metadata) {
    GgufValue value = metadata.getOrDefault(ALIGNMENT, new GgufValue.Whole(32));
    if (!(value instanceof GgufValue.Whole whole)
        || whole.number() < 1
        || whole.number() > MOST_ALIGNMENT
        || Long.bitCount(whole.number()) != 1) {
      throw CheckpointErrors.bad(
          path,
          "%s is %s; it must be a power of two; the file may be damaged"
              .formatted(ALIGNMENT, CheckpointErrors.shown(value)));
    }
    return (int) whole.number();
  }

  private Map<String, StoredTensor> tensors(List<Entry> entries, int alignment) {
    long dataStart = (input.position() + alignment - 1) / alignment * alignment;
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    Set<String> names = new HashSet<>();
    for (Entry entry : entries) {
      if (!names.add(entry.name())) {
        throw error(entry, "is listed twice; the file may be damaged");
      }
      tensors.put(entry.name(), tensor(entry, alignment, dataStart));
    }
    TensorOverlap.refuse(tensors.values());
    return tensors;
  }

  private StoredTensor tensor(Entry entry, int alignment, long dataStart) {
    Optional<TensorType> type = TensorType.ofGguf(entry.type());
    long bytes = type.map(known -> bytes(entry, known)).orElse(0L);
    long room = (alone ? Long.MAX_VALUE : input.size()) - dataStart;
    if (entry.offset() < 0
        || entry.offset() % alignment != 0
        || bytes > room
        || entry.offset() > room - bytes) {
      throw error(
          entry,
          "has %d bytes at offset %s of %d, in steps of %d; the file is cut short or damaged"
              .formatted(
                  bytes, Long.toUnsignedString(entry.offset()), Math.max(0, room), alignment));
    }
    return new StoredTensor(
        path,
        entry.name(),
        type,
        TensorType.nameInGguf(entry.type()),
        entry.shape(),
        dataStart + entry.offset(),
        bytes);
  }

  private long bytes(Entry entry, TensorType type) {
    int columns = entry.shape().get(entry.shape().size() - 1);
    int block = type.format().blockNumbers();
    if (columns % block != 0) {
      throw error(
          entry,
          "has rows of %d numbers where %s has blocks of %d; the file may be damaged"
              .formatted(columns, type, block));
    }
    return type.bytes(StoredTensor.numbers(entry.shape()));
  }

  private EngineException error(Entry entry, String problem) {
    return CheckpointErrors.tensor(path, entry.name(), problem);
  }
}
