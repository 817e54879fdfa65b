package io.reckon.engine.checkpoint;

import io.reckon.engine.checkpoint.block.FourBitFormat;
import java.nio.ByteBuffer;

/** A matrix that lies in a file as one tensor. */
final class StoredMatrix implements WeightMatrix {
  /** What is unpacked at a time; small enough for a core's own cache. */
  private static final int SLICE_NUMBERS = 1 << 16;

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private final StoredTensor tensor;
  private final TensorType type;
  private final int rows;
  private final int columns;

  /**
   * A tensor whose type is known, seen as a matrix.
   *
   * @param columns its last size, or a divisor of it
   */
  StoredMatrix(StoredTensor tensor, int columns) {
    this.tensor = tensor;
    this.type = tensor.type().orElseThrow();
    this.rows = (int) (tensor.numbers() / columns);
    this.columns = columns;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public long storedBytes() {
    return tensor.bytes();
  }

  @Override
  public boolean offers(RowFormat format, int first, int count) {
    return switch (format) {
      case F32 -> true;
      case F16, BF16 -> format.name().equals(type.name());
      case FOUR_BIT -> type.format() instanceof FourBitFormat;
    };
  }

  @Override
  public void read(RowFormat format, int first, int count, ByteBuffer out) {
    if (format.name().equals(type.name())) {
      readAsStored(first, count, out);
      return;
    }
    Scratch scratch = SCRATCH.get();
    byte[] stored = stored(first, count, scratch);
    int rowsOfSlice = Math.max(1, SLICE_NUMBERS / columns);
    for (int row = 0; row < count; row += rowsOfSlice) {
      int rows = Math.min(rowsOfSlice, count - row);
      if (format == RowFormat.FOUR_BIT && type.format() instanceof FourBitFormat fourBits) {
        unpack(fourBits, stored, row, rows, scratch, out);
      } else {
        decode(stored, row, rows, scratch, out);
      }
    }
  }

  private void readAsStored(int first, int count, ByteBuffer out) {
    ByteBuffer part = out.slice(out.position(), count * rowBytes());
    tensor.read(first * type.bytes(columns), part);
    out.position(out.position() + part.limit());
  }

  private void unpack(
      FourBitFormat format, byte[] stored, int first, int count, Scratch scratch, ByteBuffer out) {
    byte[] bits = scratch.bits(columns);
    int groupFloats = columns / FourBitFormat.GROUP * 2;
    float[] groups = scratch.floats(groupFloats);
    for (int row = first; row < first + count; row++) {
      format.unpack(stored, row * rowBytes(), bits, groups, 0, columns);
      out.put(bits, 0, columns);
      put(groups, groupFloats, out);
    }
  }

  private void decode(byte[] stored, int first, int count, Scratch scratch, ByteBuffer out) {
    float[] numbers = scratch.floats(count * columns);
    type.format().decode(stored, first * rowBytes(), numbers, 0, count * columns);
    put(numbers, count * columns, out);
  }

  /** The numbers of {@code count} rows. */
  float[] decode(int first, int count) {
    float[] numbers = new float[count * columns];
    type.format().decode(stored(first, count, new Scratch()), 0, numbers, 0, numbers.length);
    return numbers;
  }

  private byte[] stored(int first, int count, Scratch scratch) {
    byte[] stored = scratch.bytes(count * rowBytes());
    tensor.read(first * type.bytes(columns), ByteBuffer.wrap(stored, 0, count * rowBytes()));
    return stored;
  }

  private int rowBytes() {
    return Math.toIntExact(type.bytes(columns));
  }

  /** Puts floats where a buffer stands, and moves it on. */
  static void put(float[] numbers, int count, ByteBuffer out) {
    out.asFloatBuffer().put(numbers, 0, count);
    out.position(out.position() + count * Float.BYTES);
  }
}
