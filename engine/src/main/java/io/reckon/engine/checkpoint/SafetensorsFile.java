package io.reckon.engine.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.reckon.engine.api.EngineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One {@code .safetensors} file. Opening reads and checks the header alone; a tensor is mapped when
 * it is asked for.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
final class SafetensorsFile {
  private static final int LENGTH_BYTES = 8;
  private static final long LARGEST_HEADER = 100_000_000;

  /** Where a tensor lies; offsets count from the first byte after the header. */
  private record Entry(String name, String type, List<Integer> shape, long begin, long end) {}

  private final Path path;
  private final long dataStart;
  private final Map<String, Entry> entries;

  private SafetensorsFile(Path path, long dataStart, Map<String, Entry> entries) {
    this.path = path;
    this.dataStart = dataStart;
    this.entries = entries;
  }

  /**
   * Reads the header.
   *
   * @throws EngineException where the file is no valid safetensors file
   */
  static SafetensorsFile open(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long headerBytes = headerBytes(path, channel);
      JsonNode header = JsonFile.object(path, read(channel, LENGTH_BYTES, (int) headerBytes));
      long dataStart = LENGTH_BYTES + headerBytes;
      Map<String, Entry> entries = entries(path, header, channel.size() - dataStart);
      refuseOverlaps(path, entries);
      return new SafetensorsFile(path, dataStart, entries);
    } catch (IOException e) {
      throw CheckpointErrors.unreadable(path, e);
    }
  }

  Path path() {
    return path;
  }

  Set<String> names() {
    return entries.keySet();
  }

  /** The shape that the header gives for a tensor of {@link #names}. */
  List<Integer> shape(String name) {
    return entries.get(name).shape();
  }

  /** Maps a tensor of {@link #names}. */
  StoredTensor tensor(String name) {
    Entry entry = entries.get(name);
    TensorType type = type(entry);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer bytes =
          channel.map(MapMode.READ_ONLY, dataStart + entry.begin(), entry.end() - entry.begin());
      return new StoredTensor(name, type, entry.shape(), bytes.order(ByteOrder.LITTLE_ENDIAN));
    } catch (IOException e) {
      throw CheckpointErrors.unreadable(path, e);
    }
  }

  private TensorType type(Entry entry) {
    for (TensorType type : TensorType.values()) {
      if (type.name().equals(entry.type())) {
        return type;
      }
    }
    throw tensorError(path, entry.name(), "is of type " + entry.type() + "; give F32, F16 or BF16");
  }

  private static long headerBytes(Path path, FileChannel channel) throws IOException {
    if (channel.size() < LENGTH_BYTES) {
      throw CheckpointErrors.bad(
          path, "has " + channel.size() + " bytes, too few for a header; the file is cut short");
    }
    long length =
        ByteBuffer.wrap(read(channel, 0, LENGTH_BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    long most = Math.min(LARGEST_HEADER, channel.size() - LENGTH_BYTES);
    if (length < 2 || length > most) {
      throw CheckpointErrors.bad(
          path,
          "claims a header of "
              + Long.toUnsignedString(length)
              + " bytes where at most "
              + most
              + " are possible; the file is cut short or no safetensors file");
    }
    return length;
  }

  private static byte[] read(FileChannel channel, long from, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, from + buffer.position()) < 0) {
        throw new IOException("the file shrank while it was read");
      }
    }
    return buffer.array();
  }

  private static Map<String, Entry> entries(Path path, JsonNode header, long dataBytes) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    header
        .properties()
        .forEach(
            field -> {
              if (!field.getKey().equals("__metadata__")) {
                entries.put(
                    field.getKey(), entry(path, field.getKey(), field.getValue(), dataBytes));
              }
            });
    return entries;
  }

  private static Entry entry(Path path, String name, JsonNode value, long dataBytes) {
    JsonNode offsets = value.path("data_offsets");
    if (!offsets.path(0).isIntegralNumber() || !offsets.path(1).isIntegralNumber()) {
      throw tensorError(path, name, "has no data_offsets; the file may be damaged");
    }
    long begin = offsets.path(0).asLong();
    long end = offsets.path(1).asLong();
    if (begin < 0 || end < begin || end > dataBytes) {
      throw tensorError(
          path,
          name,
          "lies at bytes %d to %d of %d; the file is cut short or damaged"
              .formatted(begin, end, dataBytes));
    }
    Entry entry =
        new Entry(
            name,
            value.path("dtype").asText("?"),
            shape(path, name, value.path("shape")),
            begin,
            end);
    refuseWrongSize(path, entry);
    return entry;
  }

  private static List<Integer> shape(Path path, String name, JsonNode dimensions) {
    List<Integer> shape = new ArrayList<>();
    for (JsonNode dimension : dimensions) {
      if (!dimension.isInt() || dimension.asInt() < 0) {
        throw tensorError(path, name, "has shape " + dimensions + "; the file may be damaged");
      }
      shape.add(dimension.asInt());
    }
    return shape;
  }

  private static void refuseWrongSize(Path path, Entry entry) {
    for (TensorType type : TensorType.values()) {
      if (type.name().equals(entry.type())
          && bytes(entry.shape(), type) != entry.end() - entry.begin()) {
        throw tensorError(
            path,
            entry.name(),
            "has %d bytes, which is not a %s tensor of shape %s; the file may be damaged"
                .formatted(entry.end() - entry.begin(), type, entry.shape()));
      }
    }
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
        throw tensorError(
            path,
            inOrder.get(i).name(),
            "overlaps " + inOrder.get(i - 1).name() + "; the file may be damaged");
      }
    }
  }

  private static EngineException tensorError(Path path, String name, String problem) {
    return CheckpointErrors.bad(path, "tensor " + name + " " + problem);
  }
}
