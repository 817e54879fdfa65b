package io.reckon.engine.checkpoint;

import io.reckon.engine.checkpoint.block.FourBitFormat;

/** How rows of a matrix are handed on, little-endian. */
public enum RowFormat {
  F32(4),
  F16(2),
  BF16(2),
  /**
   * A byte of 0 to 15 for each number; then, for each {@value FourBitFormat#GROUP} of them, two
   * floats: the number is (byte - 8) times the first, plus the second.
   */
  FOUR_BIT(0) {
    @Override
    public int rowBytes(int columns) {
      return columns + columns / FourBitFormat.GROUP * 2 * Float.BYTES;
    }
  };

  private final int bytes;

  RowFormat(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of a row of that many numbers. */
  public int rowBytes(int columns) {
    return columns * bytes;
  }
}
