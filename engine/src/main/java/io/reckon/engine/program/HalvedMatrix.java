package io.reckon.engine.program;

import io.reckon.engine.checkpoint.RowFormat;
import io.reckon.engine.checkpoint.Scratch;
import io.reckon.engine.checkpoint.WeightMatrix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A matrix whose last rows of each head are rotary: they are stored in pairs (2i, 2i + 1), and here
 * the first of all pairs come before the second of all. That is quicker to turn, and scores are the
 * same in any order.
 *
 * @param matrix [heads * rows of a head, columns]
 * @param rotary how many rows of a head are, even
 */
record HalvedMatrix(WeightMatrix matrix, int heads, int rotary) implements WeightMatrix {
  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  @Override
  public int rows() {
    return matrix.rows();
  }

  @Override
  public int columns() {
    return matrix.columns();
  }

  @Override
  public long storedBytes() {
    return matrix.storedBytes();
  }

  @Override
  public boolean offers(RowFormat format, int first, int count) {
    return matrix.offers(format, first, count);
  }

  /** Reads the heads that the rows are of, whole. */
  @Override
  public void read(RowFormat format, int first, int count, ByteBuffer out) {
    int perHead = rows() / heads;
    int firstHead = first / perHead;
    int lastHead = (first + count - 1) / perHead;
    int rowBytes = format.rowBytes(columns());
    int top = firstHead * perHead;
    int whole = (lastHead + 1) * perHead - top;
    byte[] stored = SCRATCH.get().bytes(whole * rowBytes);
    matrix.read(format, top, whole, ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN));
    for (int row = first; row < first + count; row++) {
      int from = row - row % perHead + storedRow(row % perHead, perHead) - top;
      out.put(stored, from * rowBytes, rowBytes);
    }
  }

  /** Where a row of a head is stored in it. */
  private int storedRow(int row, int perHead) {
    int plain = perHead - rotary;
    int pair = (row - plain) % (rotary / 2);
    if (row < plain) {
      return row;
    }
    return row < plain + rotary / 2 ? plain + 2 * pair : plain + 2 * pair + 1;
  }
}
