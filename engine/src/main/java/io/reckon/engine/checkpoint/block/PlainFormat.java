package io.reckon.engine.checkpoint.block;

/** Numbers that stand alone, little-endian. */
public enum PlainFormat implements BlockFormat {
  F32(4) {
    @Override
    float number(byte[] bytes, int at) {
      return Float.intBitsToFloat(
          (bytes[at] & 0xff)
              | ((bytes[at + 1] & 0xff) << 8)
              | ((bytes[at + 2] & 0xff) << 16)
              | (bytes[at + 3] << 24));
    }
  },
  F16(2) {
    @Override
    float number(byte[] bytes, int at) {
      return Halves.at(bytes, at);
    }
  },
  /** The upper half of a float. */
  BF16(2) {
    @Override
    float number(byte[] bytes, int at) {
      return Float.intBitsToFloat(((bytes[at] & 0xff) << 16) | (bytes[at + 1] << 24));
    }
  },
  /** A sign, 4 bits of exponent with bias 7, 3 of mantissa; no infinity, NaN where all are set. */
  F8_E4M3(1) {
    @Override
    float number(byte[] bytes, int at) {
      return NUMBERS_OF_8_BITS[bytes[at] & 0xff];
    }
  };

  private static final float[] NUMBERS_OF_8_BITS = numbersOf8Bits();

  private final int bytes;

  PlainFormat(int bytes) {
    this.bytes = bytes;
  }

  abstract float number(byte[] bytes, int at);

  @Override
  public int blockNumbers() {
    return 1;
  }

  @Override
  public int blockBytes() {
    return bytes;
  }

  @Override
  public void decode(byte[] source, int from, float[] numbers, int to, int count) {
    for (int i = 0; i < count; i++) {
      numbers[to + i] = number(source, from + i * bytes);
    }
  }

  private static float[] numbersOf8Bits() {
    float[] numbers = new float[256];
    for (int bits = 0; bits < numbers.length; bits++) {
      int exponent = (bits >> 3) & 15;
      int mantissa = bits & 7;
      float magnitude =
          exponent == 0 ? mantissa * 0x1p-9f : Math.scalb(1 + mantissa / 8f, exponent - 7);
      numbers[bits] = (bits & 0x7f) == 0x7f ? Float.NaN : bits < 128 ? magnitude : -magnitude;
    }
    return numbers;
  }
}
