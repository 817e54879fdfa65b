package io.reckon.engine.checkpoint.block;

/** Formats whose blocks have 32 numbers. */
abstract class BlocksOf32 implements BlockFormat {
  static final int NUMBERS = 32;

  private final int bytes;

  /**
   * @param bytes of a block
   */
  BlocksOf32(int bytes) {
    this.bytes = bytes;
  }

  @Override
  public final int blockNumbers() {
    return NUMBERS;
  }

  @Override
  public final int blockBytes() {
    return bytes;
  }
}
