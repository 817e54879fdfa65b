package io.reckon.engine.checkpoint.block;

/** Q4_0: d, then 32 numbers of 4 bits, less 8; those of the low halves come first. */
public final class Q40Format extends BlocksOf32 implements FourBitFormat {
  private static final int BYTES = 18;

  public Q40Format() {
    super(BYTES);
  }

  @Override
  public void decode(byte[] bytes, int from, float[] numbers, int to, int count) {
    int block = from;
    for (int i = to; i < to + count; i += NUMBERS) {
      float d = Halves.at(bytes, block);
      for (int k = 0; k < NUMBERS / 2; k++) {
        int both = bytes[block + 2 + k];
        numbers[i + k] = d * ((both & 15) - 8);
        numbers[i + k + NUMBERS / 2] = d * ((both >> 4 & 15) - 8);
      }
      block += BYTES;
    }
  }

  @Override
  public void unpack(byte[] bytes, int from, byte[] bits, float[] groups, int to, int count) {
    int block = from;
    for (int i = to; i < to + count; i += NUMBERS) {
      groups[i / GROUP * 2] = Halves.at(bytes, block);
      groups[i / GROUP * 2 + 1] = 0;
      for (int k = 0; k < NUMBERS / 2; k++) {
        int both = bytes[block + 2 + k];
        bits[i + k] = (byte) (both & 15);
        bits[i + k + NUMBERS / 2] = (byte) (both >> 4 & 15);
      }
      block += BYTES;
    }
  }
}
