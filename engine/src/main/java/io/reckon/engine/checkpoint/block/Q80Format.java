package io.reckon.engine.checkpoint.block;

/** Q8_0: d, then 32 signed bytes. */
public final class Q80Format extends BlocksOf32 {
  private static final int BYTES = 34;

  public Q80Format() {
    super(BYTES);
  }

  @Override
  public void decode(byte[] bytes, int from, float[] numbers, int to, int count) {
    int block = from;
    for (int i = to; i < to + count; i += NUMBERS) {
      float d = Halves.at(bytes, block);
      for (int k = 0; k < NUMBERS; k++) {
        numbers[i + k] = d * bytes[block + 2 + k];
      }
      block += BYTES;
    }
  }
}
