package io.reckon.engine.train.tokenizer;

import java.nio.charset.StandardCharsets;

/**
 * The printable character that stands for each byte in byte-level BPE, as GPT-2 defines it:
 * printable bytes stand for themselves, the others are moved to 256 and up in order.
 */
final class ByteAlphabet {
  private static final char[] CHARACTERS = characters();

  private ByteAlphabet() {}

  static char of(int value) {
    return CHARACTERS[value];
  }

  /** The UTF-8 bytes of a text, a character each. */
  static String encode(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
      encoded.append(of(value & 0xff));
    }
    return encoded.toString();
  }

  private static char[] characters() {
    char[] characters = new char[256];
    char moved = 256;
    for (int value = 0; value < 256; value++) {
      characters[value] = printable(value) ? (char) value : moved++;
    }
    return characters;
  }

  private static boolean printable(int value) {
    return (value >= '!' && value <= '~')
        || (value >= 0xa1 && value <= 0xac)
        || (value >= 0xae && value <= 0xff);
  }
}
