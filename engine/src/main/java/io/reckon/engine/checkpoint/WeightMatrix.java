package io.reckon.engine.checkpoint;

import java.nio.ByteBuffer;

/** A matrix of weights in a checkpoint, read some rows at a time. Safe for any thread. */
public interface WeightMatrix {
  int rows();

  int columns();

  /** Bytes that it takes in its file. */
  long storedBytes();

  /**
   * Whether {@code count} rows from {@code first} on can be had in a format; in {@link
   * RowFormat#F32} all can.
   */
  boolean offers(RowFormat format, int first, int count);

  /**
   * Puts {@code count} rows from {@code first} on into a little-endian buffer.
   *
   * @param format one that is offered for them
   * @throws io.reckon.engine.api.EngineException {@code BAD_CHECKPOINT} where the file can't be
   *     read
   */
  void read(RowFormat format, int first, int count, ByteBuffer out);
}
