package io.reckon.engine.program;

import ai.djl.Device;
import io.reckon.engine.checkpoint.TensorType;

/** How a program holds matrices and the cache. Norms, the residual and the softmax are float32. */
public enum WeightMode {
  FLOAT32(4, 6, 6),
  BF16(2, 15, 15),
  /**
   * Linear layers have 8-bit weights with a scale for each output and take 8-bit inputs with a
   * scale for each row; the cache, the embedding and the products that meet the cache are bf16. CPU
   * only.
   */
  INT8(2, 15, 6);

  private final int bytes;
  private final int scalarType;
  private final int linearType;

  WeightMode(int bytes, int scalarType, int linearType) {
    this.bytes = bytes;
    this.scalarType = scalarType;
    this.linearType = linearType;
  }

  /** The quickest that keeps to the checkpoint: 8 bits where the processor can, 16 on a GPU. */
  public static WeightMode best(Device device) {
    if (device.isGpu()) {
      return BF16;
    }
    return Int8Kernel.isAvailable() ? INT8 : FLOAT32;
  }

  /** Bytes of one number of the cache. */
  public int bytes() {
    return bytes;
  }

  /** PyTorch's number for the type of the cache. */
  int scalarType() {
    return scalarType;
  }

  /** PyTorch's number for the type that linear layers take and give. */
  int linearType() {
    return linearType;
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
