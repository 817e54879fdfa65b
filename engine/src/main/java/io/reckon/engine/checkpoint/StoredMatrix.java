package io.reckon.engine.checkpoint;

import io.reckon.engine.checkpoint.block.FourBitFormat;
import java.nio.ByteBuffer;

/** A matrix that lies in a file as one tensor. */
final class StoredMatrix implements WeightMatrix {
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
    } else if (format == RowFormat.FOUR_BIT && type.format() instanceof FourBitFormat fourBits) {
      unpack(fourBits, stored(first, count), count, out);
    } else {
      out.asFloatBuffer().put(decode(first, count));
      out.position(out.position() + count * format.rowBytes(columns));
    }
  }

  /** The numbers of {@code count} rows. */
  float[] decode(int first, int count) {
    float[] numbers = new float[count * columns];
    type.format().decode(stored(first, count), 0, numbers, 0, numbers.length);
    return numbers;
  }

  private void unpack(FourBitFormat format, byte[] stored, int count, ByteBuffer out) {
    byte[] bits = new byte[columns];
    float[] groups = new float[columns / FourBitFormat.GROUP * 2];
    for (int row = 0; row < count; row++) {
      format.unpack(stored, row * Math.toIntExact(type.bytes(columns)), bits, groups, 0, columns);
      out.put(bits);
      out.asFloatBuffer().put(groups);
      out.position(out.position() + groups.length * Float.BYTES);
    }
  }

  private void readAsStored(int first, int count, ByteBuffer out) {
    ByteBuffer part = out.slice(out.position(), count * Math.toIntExact(type.bytes(columns)));
    tensor.read(first * type.bytes(columns), part);
    out.position(out.position() + part.limit());
  }

  private byte[] stored(int first, int count) {
    byte[] stored = new byte[Math.toIntExact(count * type.bytes(columns))];
    tensor.read(first * type.bytes(columns), ByteBuffer.wrap(stored));
    return stored;
  }
}
