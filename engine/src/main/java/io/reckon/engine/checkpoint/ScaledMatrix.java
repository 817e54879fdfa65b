package io.reckon.engine.checkpoint;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** A matrix in 8-bit floats with a scale for each square, as DeepSeek publishes them. */
final class ScaledMatrix implements WeightMatrix {
  /** Rows and columns of a square. */
  static final int SQUARE = 128;

  private final StoredMatrix matrix;
  private final StoredMatrix scales;

  /**
   * Joins a matrix with its scales.
   *
   * @param scales [rows / 128, columns / 128], both rounded up
   */
  ScaledMatrix(StoredMatrix matrix, StoredMatrix scales) {
    this.matrix = matrix;
    this.scales = scales;
  }

  /** How many squares lie side by side. */
  static int squares(int size) {
    return (size + SQUARE - 1) / SQUARE;
  }

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
    return matrix.storedBytes() + scales.storedBytes();
  }

  @Override
  public boolean offers(RowFormat format, int first, int count) {
    return format == RowFormat.F32;
  }

  @Override
  public void read(RowFormat format, int first, int count, ByteBuffer out) {
    for (int row = first; row < first + count; ) {
      int rowsOfSquares = Math.min(SQUARE - row % SQUARE, first + count - row);
      float[] factors = scales.decode(row / SQUARE, 1);
      int start = out.position();
      matrix.read(format, row, rowsOfSquares, out);
      scale(out.slice(start, out.position() - start).order(out.order()).asFloatBuffer(), factors);
      row += rowsOfSquares;
    }
  }

  private void scale(FloatBuffer numbers, float[] factors) {
    for (int i = 0; i < numbers.limit(); i++) {
      numbers.put(i, numbers.get(i) * factors[i % columns() / SQUARE]);
    }
  }
}
