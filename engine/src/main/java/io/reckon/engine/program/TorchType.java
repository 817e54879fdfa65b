package io.reckon.engine.program;

/** PyTorch's numbers for the types that the program meets (c10/core/ScalarType.h). */
final class TorchType {
  static final int UINT8 = 0;
  static final int INT8 = 1;
  static final int FLOAT16 = 5;
  static final int FLOAT32 = 6;
  static final int BFLOAT16 = 15;

  private TorchType() {}

  /** Bytes of one number. */
  static int bytes(int type) {
    return switch (type) {
      case UINT8, INT8 -> 1;
      case FLOAT16, BFLOAT16 -> 2;
      case FLOAT32 -> 4;
      default -> throw new IllegalArgumentException("type " + type);
    };
  }
}
