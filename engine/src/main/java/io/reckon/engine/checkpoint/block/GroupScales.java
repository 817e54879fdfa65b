package io.reckon.engine.checkpoint.block;

/**
 * The head of a Q4_K or Q5_K block of 256 numbers: d, the factor of the minima, and for each of 8
 * groups a scale and a minimum, 6 bits each, in 12 bytes. Those of the first four groups are the
 * low 6 bits of a byte; of the others the 4 low bits stand in a byte of two, and the 2 high ones on
 * top of the first.
 */
final class GroupScales {
  static final int BYTES = 16;

  private GroupScales() {}

  /** What a group's numbers are multiplied by. */
  static float scale(byte[] bytes, int block, int group) {
    int at = block + 4 + group;
    int scale = group < 4 ? bytes[at] & 63 : (bytes[at + 4] & 15) | ((bytes[at - 4] >> 6 & 3) << 4);
    return Halves.at(bytes, block) * scale;
  }

  /** What is then taken from them. */
  static float minimum(byte[] bytes, int block, int group) {
    int at = block + 4 + group;
    int minimum =
        group < 4 ? bytes[at + 4] & 63 : (bytes[at + 4] >> 4 & 15) | ((bytes[at] >> 6 & 3) << 4);
    return Halves.at(bytes, block + 2) * minimum;
  }
}
