package io.reckon.engine.constraint;

import java.util.ArrayList;
import java.util.List;

/**
 * Kinds of bytes that constraints mostly treat alike, each a bit: what holds for all bytes of a
 * kind need not be asked for each.
 */
final class ByteClass {
  private static final int LOWER = 1;
  private static final int UPPER = 1 << 1;
  private static final int DIGIT = 1 << 2;
  private static final int SPACE = 1 << 3;
  private static final int QUOTE = 1 << 4;
  private static final int BACKSLASH = 1 << 5;
  private static final int CONTROL = 1 << 6;
  private static final int OTHER_ASCII = 1 << 7;
  private static final int BEYOND_ASCII = 1 << 8;

  private static final List<List<Byte>> BYTES = bytes();

  private ByteClass() {}

  /** The bit of a byte's kind. */
  static int of(byte value) {
    if (value < 0) {
      return BEYOND_ASCII;
    }
    if (value < ' ' || value == 0x7f) {
      return CONTROL;
    }
    return switch (value) {
      case ' ' -> SPACE;
      case '"' -> QUOTE;
      case '\\' -> BACKSLASH;
      default ->
          value >= 'a' && value <= 'z'
              ? LOWER
              : value >= 'A' && value <= 'Z'
                  ? UPPER
                  : value >= '0' && value <= '9' ? DIGIT : OTHER_ASCII;
    };
  }

  /** The bytes of the kind that one bit stands for. */
  static List<Byte> bytes(int bit) {
    return BYTES.get(Integer.numberOfTrailingZeros(bit));
  }

  private static List<List<Byte>> bytes() {
    List<List<Byte>> bytes = new ArrayList<>();
    for (int bit = LOWER; bit <= BEYOND_ASCII; bit <<= 1) {
      List<Byte> ofKind = new ArrayList<>();
      for (int value = 0; value < 256; value++) {
        if (of((byte) value) == bit) {
          ofKind.add((byte) value);
        }
      }
      bytes.add(ofKind);
    }
    return bytes;
  }
}
