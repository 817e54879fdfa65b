package io.reckon.engine.checkpoint;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.checkpoint.SafetensorsHeader.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    if (!Files.isRegularFile(path)) {
      throw CheckpointErrors.bad(path, "there is no such file; the download may be incomplete");
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long headerBytes = headerBytes(path, channel);
      long dataStart = LENGTH_BYTES + headerBytes;
      byte[] header = read(channel, LENGTH_BYTES, (int) headerBytes);
      return new SafetensorsFile(
          path, dataStart, SafetensorsHeader.parse(path, header, channel.size() - dataStart));
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

  /** Why a tensor of {@link #names} can't be read, as the end of a sentence. */
  Optional<String> problem(String name) {
    Entry entry = entries.get(name);
    if (type(entry).isEmpty()) {
      return Optional.of("is of type " + entry.type() + "; give F32, F16 or BF16");
    }
    if (entry.bytes() > Integer.MAX_VALUE) {
      return Optional.of(
          "has %d bytes where %d can be mapped; store it as BF16"
              .formatted(entry.bytes(), Integer.MAX_VALUE));
    }
    return Optional.empty();
  }

  /**
   * Maps a tensor of {@link #names}.
   *
   * @throws EngineException where it has a {@link #problem}
   */
  StoredTensor tensor(String name) {
    problem(name)
        .ifPresent(
            problem -> {
              throw SafetensorsHeader.error(path, name, problem);
            });
    Entry entry = entries.get(name);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer bytes = channel.map(MapMode.READ_ONLY, dataStart + entry.begin(), entry.bytes());
      return new StoredTensor(
          name, type(entry).orElseThrow(), entry.shape(), bytes.order(ByteOrder.LITTLE_ENDIAN));
    } catch (IOException e) {
      throw CheckpointErrors.unreadable(path, e);
    }
  }

  private static Optional<TensorType> type(Entry entry) {
    return Arrays.stream(TensorType.values())
        .filter(type -> type.name().equals(entry.type()))
        .findFirst();
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
}
