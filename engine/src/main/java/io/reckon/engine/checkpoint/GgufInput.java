package io.reckon.engine.checkpoint;

import io.reckon.engine.api.EngineException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads little-endian values in their order; every count is held against what the file has left.
 */
final class GgufInput implements Closeable {
  private static final int WINDOW_BYTES = 1 << 16;
  private static final int MOST_LISTS_IN_LISTS = 4;

  private final Path path;
  private final FileChannel channel;
  private final long size;
  private final ByteBuffer window =
      ByteBuffer.allocate(WINDOW_BYTES).order(ByteOrder.LITTLE_ENDIAN).flip();

  /** Of the first byte after the window. */
  private long windowEnd;

  private GgufInput(Path path, FileChannel channel, long position) throws IOException {
    this.path = path;
    this.channel = channel;
    this.size = channel.size();
    this.windowEnd = position;
  }

  static GgufInput open(Path path, long position) throws IOException {
    return new GgufInput(path, FileChannel.open(path, StandardOpenOption.READ), position);
  }

  long position() {
    return windowEnd - window.remaining();
  }

  /** Bytes of the whole file. */
  long size() {
    return size;
  }

  long left() {
    return size - position();
  }

  int int32() throws IOException {
    return take(Integer.BYTES).getInt();
  }

  long int64() throws IOException {
    return take(Long.BYTES).getLong();
  }

  /**
   * A count of things that follow.
   *
   * @param least bytes that each has
   * @param what they are, for the message
   */
  long count(int least, long most, String what) throws IOException {
    long at = position();
    long count = int64();
    long possible = Math.min(most, left() / least);
    if (count < 0 || count > possible) {
      throw error(
          at,
          "claims %s %s where at most %d are possible"
              .formatted(Long.toUnsignedString(count), what, possible));
    }
    return count;
  }

  String text(int most) throws IOException {
    byte[] bytes = new byte[(int) count(1, most, "bytes of text")];
    int done = Math.min(bytes.length, window.remaining());
    window.get(bytes, 0, done);
    ByteBuffer rest = ByteBuffer.wrap(bytes, done, bytes.length - done);
    while (rest.hasRemaining()) {
      windowEnd += fill(rest, windowEnd);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  GgufType type() throws IOException {
    long at = position();
    int number = int32();
    return GgufType.of(number)
        .orElseThrow(
            () -> error(at, "names the unknown metadata type " + Integer.toUnsignedString(number)));
  }

  long whole(GgufType type) throws IOException {
    return switch (type) {
      case UINT8 -> take(1).get() & 0xff;
      case INT8 -> take(1).get();
      case UINT16 -> take(2).getShort() & 0xffff;
      case INT16 -> take(2).getShort();
      case UINT32 -> int32() & 0xffff_ffffL;
      case INT32 -> int32();
      case UINT64, INT64 -> int64();
      default -> throw new IllegalArgumentException(type + " is no whole number");
    };
  }

  double fraction(GgufType type) throws IOException {
    return type == GgufType.FLOAT32 ? take(4).getFloat() : take(8).getDouble();
  }

  boolean flag() throws IOException {
    return take(1).get() != 0;
  }

  /** Stands behind a list of {@code count} values afterwards. */
  void skip(GgufType type, long count) throws IOException {
    skip(type, count, 1);
  }

  private void skip(GgufType type, long count, int depth) throws IOException {
    if (type != GgufType.STRING && type != GgufType.ARRAY) {
      move(count * type.leastBytes());
      return;
    }
    if (depth > MOST_LISTS_IN_LISTS) {
      throw error(position(), "holds lists in lists beyond reason");
    }
    for (long i = 0; i < count; i++) {
      if (type == GgufType.STRING) {
        move(count(1, Long.MAX_VALUE, "bytes of text"));
      } else {
        GgufType inner = type();
        skip(inner, count(inner.leastBytes(), Long.MAX_VALUE, "items"), depth + 1);
      }
    }
  }

  /** By no more than {@link #left}. */
  private void move(long bytes) {
    if (bytes <= window.remaining()) {
      window.position(window.position() + (int) bytes);
    } else {
      windowEnd = position() + bytes;
      window.position(window.limit());
    }
  }

  /** The window, with that many bytes in it. */
  private ByteBuffer take(int bytes) throws IOException {
    if (window.remaining() < bytes) {
      if (left() < bytes) {
        throw error(size, "is where the file ends, inside its header");
      }
      window.compact();
      while (window.position() < bytes) {
        windowEnd += fill(window, windowEnd);
      }
      window.flip();
    }
    return window;
  }

  private int fill(ByteBuffer buffer, long from) throws IOException {
    int count = channel.read(buffer, from);
    if (count < 0) {
      throw error(from, "is where the file ends now; it was cut while it was read");
    }
    return count;
  }

  /** An error of what stands at a byte of the file. */
  EngineException error(long at, String problem) {
    return CheckpointErrors.bad(
        path, "byte " + at + " " + problem + "; the file is cut short or damaged");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
