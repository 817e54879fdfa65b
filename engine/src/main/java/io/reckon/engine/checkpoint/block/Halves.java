package io.reckon.engine.checkpoint.block;

/** Numbers in half precision, little-endian. */
final class Halves {
  private static final float EXPONENT_SHIFT = 0x1p112f;

  private Halves() {}

  static float at(byte[] bytes, int at) {
    return toFloat((bytes[at] & 0xff) | ((bytes[at + 1] & 0xff) << 8));
  }

  static float toFloat(int bits) {
    int sign = (bits & 0x8000) << 16;
    int magnitude = (bits & 0x7fff) << 13;
    int absolute =
        magnitude >= 0x7c00 << 13
            ? 0x7f800000 | magnitude
            : Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) * EXPONENT_SHIFT);
    return Float.intBitsToFloat(sign | absolute);
  }
}
