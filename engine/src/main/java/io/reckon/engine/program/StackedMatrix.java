package io.reckon.engine.program;

import io.reckon.engine.checkpoint.RowFormat;
import io.reckon.engine.checkpoint.WeightMatrix;
import java.nio.ByteBuffer;
import java.util.List;

/** Matrices of equal width, one below the other: linear layers that take the same input. */
record StackedMatrix(List<WeightMatrix> parts) implements WeightMatrix {
  StackedMatrix {
    parts = List.copyOf(parts);
  }

  static StackedMatrix of(WeightMatrix... parts) {
    return new StackedMatrix(List.of(parts));
  }

  @Override
  public int rows() {
    return parts.stream().mapToInt(WeightMatrix::rows).sum();
  }

  @Override
  public int columns() {
    return parts.get(0).columns();
  }

  @Override
  public long storedBytes() {
    return parts.stream().mapToLong(WeightMatrix::storedBytes).sum();
  }

  /** What to do with those rows of a part that are among the ones asked for. */
  @FunctionalInterface
  private interface Visit {
    boolean part(WeightMatrix part, int first, int count);
  }

  @Override
  public boolean offers(RowFormat format, int first, int count) {
    return visit(first, count, (part, from, rows) -> part.offers(format, from, rows));
  }

  @Override
  public void read(RowFormat format, int first, int count, ByteBuffer out) {
    visit(
        first,
        count,
        (part, from, rows) -> {
          part.read(format, from, rows, out);
          return true;
        });
  }

  /** Goes through the parts until one gives false; gives whether none did. */
  private boolean visit(int first, int count, Visit visit) {
    int top = 0;
    for (WeightMatrix part : parts) {
      int from = Math.max(first, top);
      int to = Math.min(first + count, top + part.rows());
      if (from < to && !visit.part(part, from - top, to - from)) {
        return false;
      }
      top += part.rows();
    }
    return true;
  }
}
