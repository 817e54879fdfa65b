package io.reckon.engine.checkpoint.block;

/**
 * Q6_K: the low 4 bits of 256 numbers, their high 2, 16 signed scales, then d; less 32. Each half
 * of the block has 4 groups of 32: their low bits are the low halves of 64 bytes, then the high
 * ones; their high bits are pairs of 32 bytes, the first group's lowest.
 */
public final class Q6KFormat implements BlockFormat {
  private static final int NUMBERS = 256;
  private static final int BYTES = 210;
  private static final int HIGH = 128;
  private static final int SCALES = 192;
  private static final int FACTOR = 208;
  private static final int GROUP = 32;

  @Override
  public int blockNumbers() {
    return NUMBERS;
  }

  @Override
  public int blockBytes() {
    return BYTES;
  }

  @Override
  public void decode(byte[] bytes, int from, float[] numbers, int to, int count) {
    for (int i = 0; i < count; i += GROUP) {
      int block = from + i / NUMBERS * BYTES;
      int half = i % NUMBERS / 128;
      int group = i % 128 / GROUP;
      int low = block + half * 64 + group % 2 * GROUP;
      int high = block + HIGH + half * GROUP;
      int scales = block + SCALES + half * 8 + group * 2;
      float d = Halves.at(bytes, block + FACTOR);
      for (int k = 0; k < GROUP; k++) {
        int number =
            (bytes[low + k] >> (group / 2 * 4) & 15) | ((bytes[high + k] >> (group * 2) & 3) << 4);
        numbers[to + i + k] = d * bytes[scales + k / 16] * (number - 32);
      }
    }
  }
}
