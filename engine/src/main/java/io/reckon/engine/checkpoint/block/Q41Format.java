package io.reckon.engine.checkpoint.block;

/** Q4_1: d and a minimum, then 32 numbers of 4 bits; those of the low halves come first. */
public final class Q41Format extends BlocksOf32 implements FourBitFormat {
  private static final int BYTES = 20;

  public Q41Format() {
    super(BYTES);
  }

  @Override
  public void decode(byte[] bytes, int from, float[] numbers, int to, int count) {
    int block = from;
    for (int i = to; i < to + count; i += NUMBERS) {
      float d = Halves.at(bytes, block);
      float minimum = Halves.at(bytes, block + 2);
      for (int k = 0; k < NUMBERS / 2; k++) {
        int both = bytes[block + 4 + k];
        numbers[i + k] = d * (both & 15) + minimum;
        numbers[i + k + NUMBERS / 2] = d * (both >> 4 & 15) + minimum;
      }
      block += BYTES;
    }
  }

  @Override
  public void unpack(byte[] bytes, int from, byte[] bits, float[] groups, int to, int count) {
    int block = from;
    for (int i = to; i < to + count; i += NUMBERS) {
      float d = Halves.at(bytes, block);
      groups[i / GROUP * 2] = d;
      groups[i / GROUP * 2 + 1] = 8 * d + Halves.at(bytes, block + 2);
      for (int k = 0; k < NUMBERS / 2; k++) {
        int both = bytes[block + 4 + k];
        bits[i + k] = (byte) (both & 15);
        bits[i + k + NUMBERS / 2] = (byte) (both >> 4 & 15);
      }
      block += BYTES;
    }
  }
}
