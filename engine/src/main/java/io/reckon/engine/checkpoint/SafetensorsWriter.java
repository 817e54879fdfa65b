package io.reckon.engine.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes a safetensors file: an 8-byte little-endian header length, a JSON header, then the raw
 * values. The file appears whole or not at all.
 *
 * @see <a href="https://huggingface.co/docs/safetensors">the format</a>
 */
public final class SafetensorsWriter {
  /** How values are stored. */
  public enum Type {
    F32(4),
    BF16(2);

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }
  }

  private record Entry(long[] shape, float[] values, int offset, int count) {}

  private final Type type;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  public SafetensorsWriter(Type type) {
    this.type = type;
  }

  /** Adds a pair of the header's free text. */
  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /**
   * Adds a tensor, whose values are read when the file is written.
   *
   * @param values holds them in row-major order from {@code offset} on
   */
  public SafetensorsWriter tensor(String name, float[] values, int offset, long... shape) {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    if (offset + count > values.length) {
      throw new IllegalArgumentException(
          "tensor "
              + name
              + " has "
              + count
              + " values but "
              + (values.length - offset)
              + " remain");
    }
    entries.put(name, new Entry(shape.clone(), values, offset, (int) count));
    return this;
  }

  /** Writes the file beside its place and moves it there. */
  public void write(Path file) throws IOException {
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    try (FileChannel out =
        FileChannel.open(
            partial,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      writeFully(out, header());
      for (Entry entry : entries.values()) {
        writeFully(out, encode(entry));
      }
    }
    Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private ByteBuffer header() throws IOException {
    ObjectNode root = new ObjectMapper().createObjectNode();
    metadata.forEach((key, value) -> root.withObject("/__metadata__").put(key, value));
    long offset = 0;
    for (Map.Entry<String, Entry> named : entries.entrySet()) {
      ObjectNode node = root.putObject(named.getKey()).put("dtype", type.name());
      for (long size : named.getValue().shape()) {
        node.withArray("/shape").add(size);
      }
      long end = offset + (long) named.getValue().count() * type.bytes;
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (json.length + 7) / 8 * 8;
    ByteBuffer buffer = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(padded).put(json);
    while (buffer.hasRemaining()) {
      buffer.put((byte) ' ');
    }
    return buffer.flip();
  }

  private ByteBuffer encode(Entry entry) {
    ByteBuffer buffer =
        ByteBuffer.allocate(entry.count() * type.bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < entry.count(); i++) {
      float value = entry.values()[entry.offset() + i];
      if (type == Type.F32) {
        buffer.putFloat(value);
      } else {
        buffer.putShort(toBfloat16(value));
      }
    }
    return buffer.flip();
  }

  /** Rounds to the nearest bfloat16, ties to even. */
  static short toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + ((bits >>> 16) & 1) + 0x7fff) >>> 16);
  }

  private static void writeFully(FileChannel out, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
  }
}
