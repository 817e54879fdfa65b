package io.reckon.engine.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * Where a tensor lies in a file.
 *
 * @param name its key in the file
 * @param type its number format, where that is one that can be read
 * @param typeName that format as the file gives it
 * @param shape rows first
 * @param position of its first byte in the file
 * @param bytes how many it has; 0 where the type is not known
 */
public record StoredTensor(
    Path file,
    String name,
    Optional<TensorType> type,
    String typeName,
    List<Integer> shape,
    long position,
    long bytes) {
  public StoredTensor {
    shape = List.copyOf(shape);
  }

  /** How many numbers it holds. */
  public long numbers() {
    return numbers(shape);
  }

  /** The product of the sizes; the largest long where it is beyond that. */
  static long numbers(List<Integer> shape) {
    long numbers = 1;
    for (int size : shape) {
      numbers = size != 0 && numbers > Long.MAX_VALUE / size ? Long.MAX_VALUE : numbers * size;
    }
    return numbers;
  }

  /**
   * Fills a buffer with the bytes from {@code offset} on. Any thread.
   *
   * @throws io.reckon.engine.api.EngineException where the file can't be read, or has become
   *     shorter
   */
  public void read(long offset, ByteBuffer out) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long from = position + offset - out.position();
      while (out.hasRemaining()) {
        if (channel.read(out, from + out.position()) < 0) {
          throw CheckpointErrors.tensor(
              file,
              name,
              "ends at byte " + channel.size() + "; the file was cut while it was read");
        }
      }
    } catch (IOException e) {
      throw CheckpointErrors.unreadable(file, e);
    }
  }
}
