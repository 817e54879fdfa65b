package io.reckon.engine.checkpoint;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A tensor as it lies in a mapped file.
 *
 * @param name its key in the file
 * @param type its number format
 * @param shape rows first
 * @param bytes little-endian numbers, row-major; direct and read-only
 */
public record StoredTensor(String name, TensorType type, List<Integer> shape, ByteBuffer bytes) {
  public StoredTensor {
    shape = List.copyOf(shape);
  }
}
