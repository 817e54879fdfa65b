package io.reckon.engine.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Writes a GGUF of metadata alone. */
final class TestGguf {
  private static final int UINT32 = 4;
  private static final int INT32 = 5;
  private static final int BOOL = 7;
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
  private long count;

  TestGguf with(String key, String text) {
    return entry(key, STRING).text(text);
  }

  TestGguf with(String key, int number) {
    return entry(key, UINT32).number(number, 4);
  }

  TestGguf with(String key, boolean flag) {
    return entry(key, BOOL).number(flag ? 1 : 0, 1);
  }

  TestGguf withTexts(String key, List<String> texts) {
    entry(key, ARRAY).number(STRING, 4).number(texts.size(), 8);
    texts.forEach(this::text);
    return this;
  }

  TestGguf withNumbers(String key, List<Integer> numbers) {
    entry(key, ARRAY).number(INT32, 4).number(numbers.size(), 8);
    numbers.forEach(number -> number(number, 4));
    return this;
  }

  Path write(Path file) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    head.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3).putLong(0).putLong(count);
    Files.write(file, head.array());
    Files.write(file, entries.toByteArray(), StandardOpenOption.APPEND);
    return file;
  }

  private TestGguf entry(String key, int type) {
    count++;
    return text(key).number(type, 4);
  }

  private TestGguf text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    number(bytes.length, 8);
    entries.writeBytes(bytes);
    return this;
  }

  private TestGguf number(long number, int bytes) {
    ByteBuffer buffer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number);
    entries.write(buffer.array(), 0, bytes);
    return this;
  }
}
