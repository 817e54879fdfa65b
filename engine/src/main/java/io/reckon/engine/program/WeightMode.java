package io.reckon.engine.program;

import io.reckon.engine.checkpoint.TensorType;

/** How a program holds matrices and the cache. Norms, the residual and the softmax are float32. */
public enum WeightMode {
  FLOAT32(4, 6),
  BF16(2, 15);

  private final int bytes;
  private final int scalarType;

  WeightMode(int bytes, int scalarType) {
    this.bytes = bytes;
    this.scalarType = scalarType;
  }

  /** Bytes of one number. */
  public int bytes() {
    return bytes;
  }

  /** PyTorch's number for the type. */
  int scalarType() {
    return scalarType;
  }

  /** PyTorch's number for a stored type. */
  static int scalarType(TensorType type) {
    return switch (type) {
      case F32 -> 6;
      case F16 -> 5;
      case BF16 -> 15;
    };
  }
}
