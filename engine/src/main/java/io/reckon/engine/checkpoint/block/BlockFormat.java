package io.reckon.engine.checkpoint.block;

/** How numbers are packed in blocks of equal length. Stateless. */
public interface BlockFormat {
  /** Numbers of a block. */
  int blockNumbers();

  /** Bytes of a block. */
  int blockBytes();

  /**
   * Unpacks whole blocks.
   *
   * @param bytes holds the blocks from {@code from} on
   * @param numbers takes {@code count} numbers from {@code to} on
   * @param count a multiple of {@link #blockNumbers}
   */
  void decode(byte[] bytes, int from, float[] numbers, int to, int count);
}
