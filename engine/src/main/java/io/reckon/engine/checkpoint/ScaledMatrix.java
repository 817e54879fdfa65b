package io.reckon.engine.checkpoint;

import java.nio.ByteBuffer;

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
    float[] numbers = matrix.decode(first, count);
    int firstSquare = first / SQUARE;
    float[] factors = scales.decode(firstSquare, (first + count - 1) / SQUARE + 1 - firstSquare);
    for (int row = 0; row < count; row++) {
      int square = ((first + row) / SQUARE - firstSquare) * scales.columns();
      for (int column = 0; column < columns(); column++) {
        numbers[row * columns() + column] *= factors[square + column / SQUARE];
      }
    }
    out.asFloatBuffer().put(numbers);
    out.position(out.position() + numbers.length * Float.BYTES);
  }
}
