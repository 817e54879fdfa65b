package io.reckon.engine.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The alphabet in which byte-level tokenizers spell bytes: printable Latin-1 bytes stand for
 * themselves, the others for the characters from U+0100 on, in order.
 */
final class ByteLevel {
  private static final int[] BYTE_OF_CHARACTER = bytesOfCharacters();

  private ByteLevel() {}

  /** The bytes that a token's spelling stands for; characters outside the alphabet as UTF-8. */
  static byte[] bytes(String spelling) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    spelling
        .codePoints()
        .forEach(
            character -> {
              if (character < BYTE_OF_CHARACTER.length && BYTE_OF_CHARACTER[character] >= 0) {
                bytes.write(BYTE_OF_CHARACTER[character]);
              } else {
                bytes.writeBytes(Character.toString(character).getBytes(StandardCharsets.UTF_8));
              }
            });
    return bytes.toByteArray();
  }

  private static int[] bytesOfCharacters() {
    int[] bytes = new int[256 + 68];
    java.util.Arrays.fill(bytes, -1);
    int next = 256;
    for (int value = 0; value < 256; value++) {
      bytes[isPrintable(value) ? value : next++] = value;
    }
    return bytes;
  }

  /** Whether a byte is spelled by the character of its own number. */
  static boolean isPrintable(int value) {
    return (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xFF && value != 0xAD);
  }
}
