package io.reckon.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes small GGUF files, version 3, good ones and others. */
public final class GgufWriter {
  private static final int ALIGNMENT = 32;

  private record Tensor(int type, long[] shape, byte[] bytes) {}

  private final Map<String, byte[]> metadata = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  public GgufWriter text(String key, String value) {
    return put(key, 8, string(value));
  }

  public GgufWriter whole(String key, int value) {
    return put(key, 4, little(4).putInt(value).array());
  }

  public GgufWriter fraction(String key, double value) {
    return put(key, 6, little(4).putFloat((float) value).array());
  }

  /** Adds a list of texts. */
  public GgufWriter texts(String key, List<String> values) {
    ByteArrayOutputStream items = new ByteArrayOutputStream();
    items.writeBytes(little(12).putInt(8).putLong(values.size()).array());
    values.forEach(value -> items.writeBytes(string(value)));
    return put(key, 9, items.toByteArray());
  }

  /** Adds a list of whole numbers. */
  public GgufWriter wholes(String key, List<Integer> values) {
    ByteArrayOutputStream items = new ByteArrayOutputStream();
    items.writeBytes(little(12).putInt(4).putLong(values.size()).array());
    values.forEach(value -> items.writeBytes(little(4).putInt(value).array()));
    return put(key, 9, items.toByteArray());
  }

  private GgufWriter put(String key, int type, byte[] value) {
    metadata.put(key, little(4 + value.length).putInt(type).put(value).array());
    return this;
  }

  /**
   * Adds a tensor.
   *
   * @param type its number in a GGUF
   * @param shape rows first
   */
  public GgufWriter tensor(String name, int type, byte[] bytes, long... shape) {
    tensors.put(name, new Tensor(type, shape, bytes));
    return this;
  }

  /** Adds a tensor in float32. */
  public GgufWriter floats(String name, float[] numbers, long... shape) {
    byte[] bytes = new byte[4 * numbers.length];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(numbers);
    return tensor(name, 0, bytes, shape);
  }

  public Path write(Path file) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(little(8).putInt(0x46554747).putInt(3).array());
    out.writeBytes(little(16).putLong(tensors.size()).putLong(metadata.size()).array());
    metadata.forEach(
        (key, value) -> {
          out.writeBytes(string(key));
          out.writeBytes(value);
        });
    long offset = 0;
    for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
      entry(out, tensor.getKey(), tensor.getValue(), offset);
      offset += padded(tensor.getValue().bytes().length);
    }
    pad(out);
    for (Tensor tensor : tensors.values()) {
      out.writeBytes(tensor.bytes());
      pad(out);
    }
    return Files.write(file, out.toByteArray());
  }

  private static void entry(ByteArrayOutputStream out, String name, Tensor tensor, long offset) {
    out.writeBytes(string(name));
    out.writeBytes(little(4).putInt(tensor.shape().length).array());
    for (int i = tensor.shape().length - 1; i >= 0; i--) {
      out.writeBytes(little(8).putLong(tensor.shape()[i]).array());
    }
    out.writeBytes(little(12).putInt(tensor.type()).putLong(offset).array());
  }

  private static void pad(ByteArrayOutputStream out) {
    out.writeBytes(new byte[padded(out.size()) - out.size()]);
  }

  private static int padded(int size) {
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static byte[] string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return little(8 + bytes.length).putLong(bytes.length).put(bytes).array();
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
