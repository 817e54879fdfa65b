package io.reckon.engine.checkpoint.block;

/**
 * A format whose numbers are four bits, with a factor and an offset for each {@link #GROUP} of
 * them.
 */
public interface FourBitFormat extends BlockFormat {
  /** Numbers that share a factor. */
  int GROUP = 32;

  /**
   * Gives the four bits as they are. A number is {@code (q - 8) * factor + middle} with what is put
   * for its group.
   *
   * @param bits takes q, 0 to 15, a byte for each of {@code count} numbers, from {@code to} on
   * @param groups takes factor and middle of each group in turn, from {@code to / GROUP * 2} on
   */
  void unpack(byte[] bytes, int from, byte[] bits, float[] groups, int to, int count);
}
