package io.reckon.engine.checkpoint.block;

/** IQ4_NL: d, then 32 numbers of 4 bits that name one of 16 levels. */
public final class Iq4NlFormat extends BlocksOf32 {
  private static final int BYTES = 18;
  private static final float[] LEVELS = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  public Iq4NlFormat() {
    super(BYTES);
  }

  @Override
  public void decode(byte[] bytes, int from, float[] numbers, int to, int count) {
    int block = from;
    for (int i = to; i < to + count; i += NUMBERS) {
      float d = Halves.at(bytes, block);
      for (int k = 0; k < NUMBERS / 2; k++) {
        int both = bytes[block + 2 + k];
        numbers[i + k] = d * LEVELS[both & 15];
        numbers[i + k + NUMBERS / 2] = d * LEVELS[both >> 4 & 15];
      }
      block += BYTES;
    }
  }
}
