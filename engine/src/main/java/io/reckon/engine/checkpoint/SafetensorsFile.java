package io.reckon.engine.checkpoint;

import io.reckon.engine.api.EngineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * One {@code .safetensors} file. Opening reads and checks the header alone.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
final class SafetensorsFile {
  private static final int LENGTH_BYTES = 8;
  private static final long LARGEST_HEADER = 100_000_000;

  private final Path path;
  private final Map<String, StoredTensor> tensors;

  private SafetensorsFile(Path path, Map<String, StoredTensor> tensors) {
    this.path = path;
    this.tensors = tensors;
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
          path, SafetensorsHeader.parse(path, header, dataStart, channel.size() - dataStart));
    } catch (IOException e) {
      throw CheckpointErrors.unreadable(path, e);
    }
  }

  Path path() {
    return path;
  }

  /** Its tensors by name. */
  Map<String, StoredTensor> tensors() {
    return tensors;
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
