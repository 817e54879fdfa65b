package io.reckon.engine.checkpoint.block;

/**
 * Q4_K: 8 groups of 32 numbers of 4 bits, each with a scale and a minimum. Two groups share 32
 * bytes, the first in the low halves.
 */
public final class Q4KFormat implements FourBitFormat {
  private static final int NUMBERS = 256;
  private static final int BYTES = 144;

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
      int bits = block + GroupScales.BYTES + group / 2 * GROUP;
      int shift = group % 2 * 4;
      for (int k = 0; k < GROUP; k++) {
        numbers[to + i + k] = scale * (bytes[bits + k] >> shift & 15) - minimum;
      }
    }
  }

  @Override
  public void unpack(byte[] bytes, int from, byte[] bits, float[] groups, int to, int count) {
    for (int i = 0; i < count; i += GROUP) {
      int block = from + i / NUMBERS * BYTES;
      int group = i % NUMBERS / GROUP;
      float scale = GroupScales.scale(bytes, block, group);
      groups[(to + i) / GROUP * 2] = scale;
      groups[(to + i) / GROUP * 2 + 1] = 8 * scale - GroupScales.minimum(bytes, block, group);
      int packed = block + GroupScales.BYTES + group / 2 * GROUP;
      int shift = group % 2 * 4;
      for (int k = 0; k < GROUP; k++) {
        bits[to + i + k] = (byte) (bytes[packed + k] >> shift & 15);
      }
    }
  }
}
