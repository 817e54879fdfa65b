package io.reckon.engine.checkpoint.block;

/**
 * Q5_K: as Q4_K, with 32 bytes before the numbers that hold a fifth bit: bit g of byte k belongs to
 * number k of group g.
 */
public final class Q5KFormat implements BlockFormat {
  private static final int NUMBERS = 256;
  private static final int BYTES = 176;
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
      int group = i % NUMBERS / GROUP;
      float scale = GroupScales.scale(bytes, block, group);
      float minimum = GroupScales.minimum(bytes, block, group);
      int fifth = block + GroupScales.BYTES;
      int bits = fifth + GROUP + group / 2 * GROUP;
      int shift = group % 2 * 4;
      for (int k = 0; k < GROUP; k++) {
        int number = (bytes[bits + k] >> shift & 15) | ((bytes[fifth + k] >> group & 1) << 4);
        numbers[to + i + k] = scale * number - minimum;
      }
    }
  }
}
