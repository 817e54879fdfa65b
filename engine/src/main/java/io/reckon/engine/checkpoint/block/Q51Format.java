package io.reckon.engine.checkpoint.block;

/** Q5_1: d and a minimum, the fifth bits of 32 numbers in one word, then their other 4. */
public final class Q51Format extends BlocksOf32 {
  private static final int BYTES = 24;

  public Q51Format() {
    super(BYTES);
  }

  @Override
  public void decode(byte[] bytes, int from, float[] numbers, int to, int count) {
    int block = from;
    for (int i = to; i < to + count; i += NUMBERS) {
      float d = Halves.at(bytes, block);
      float minimum = Halves.at(bytes, block + 2);
      int fifth = Float.floatToRawIntBits(PlainFormat.F32.number(bytes, block + 4));
      for (int k = 0; k < NUMBERS / 2; k++) {
        int both = bytes[block + 8 + k];
        int low = (both & 15) | ((fifth >> k & 1) << 4);
        int high = (both >> 4 & 15) | ((fifth >> (k + NUMBERS / 2) & 1) << 4);
        numbers[i + k] = d * low + minimum;
        numbers[i + k + NUMBERS / 2] = d * high + minimum;
      }
      block += BYTES;
    }
  }
}
