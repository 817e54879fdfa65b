package io.reckon.engine.checkpoint;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * The up-projection of keys and values, {@code kv_b_proj}, from the two tensors that newer GGUFs
 * have in its place. A head's rows are its key rows, then its value rows.
 */
final class SplitUpMatrix implements WeightMatrix {
  private final StoredMatrix keys;
  private final StoredMatrix values;
  private final int keyRows;
  private final int valueRows;

  /**
   * Joins the two.
   *
   * @param keys [heads * latent, key rows of a head]: each head's stand transposed
   * @param values [heads * value rows of a head, latent]
   */
  SplitUpMatrix(StoredMatrix keys, StoredMatrix values) {
    this.keys = keys;
    this.values = values;
    this.keyRows = keys.columns();
    this.valueRows = values.rows() / (keys.rows() / values.columns());
  }

  @Override
  public int rows() {
    return keys.rows() / columns() * (keyRows + valueRows);
  }

  @Override
  public int columns() {
    return values.columns();
  }

  @Override
  public long storedBytes() {
    return keys.storedBytes() + values.storedBytes();
  }

  @Override
  public boolean offers(RowFormat format, int first, int count) {
    return format == RowFormat.F32;
  }

  @Override
  public void read(RowFormat format, int first, int count, ByteBuffer out) {
    int perHead = keyRows + valueRows;
    for (int row = first; row < first + count; ) {
      int inHead = row % perHead;
      int rowsOfHead = Math.min(perHead - inHead, first + count - row);
      FloatBuffer head = head(row / perHead);
      head.limit((inHead + rowsOfHead) * columns()).position(inHead * columns());
      out.asFloatBuffer().put(head);
      out.position(out.position() + rowsOfHead * columns() * Float.BYTES);
      row += rowsOfHead;
    }
  }

  /** All rows of a head. */
  private FloatBuffer head(int head) {
    float[] transposed = keys.decode(head * columns(), columns());
    float[] rows = new float[(keyRows + valueRows) * columns()];
    for (int latent = 0; latent < columns(); latent++) {
      for (int key = 0; key < keyRows; key++) {
        rows[key * columns() + latent] = transposed[latent * keyRows + key];
      }
    }
    float[] below = values.decode(head * valueRows, valueRows);
    System.arraycopy(below, 0, rows, keyRows * columns(), below.length);
    return FloatBuffer.wrap(rows);
  }
}
