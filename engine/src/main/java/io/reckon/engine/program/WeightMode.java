package io.reckon.engine.program;

import ai.djl.Device;
import io.reckon.engine.checkpoint.RowFormat;
import java.util.Locale;

/** How a program holds matrices and the cache. Norms, the residual and the softmax are float32. */
public enum WeightMode {
  FLOAT32(TorchType.FLOAT32, TorchType.FLOAT32),
  BF16(TorchType.BFLOAT16, TorchType.BFLOAT16),
  /**
   * Linear layers have 8-bit weights with a scale for each output and take 8-bit inputs with a
   * scale for each row; the embedding is bf16, and so are the cache and the products that meet it
   * where the processor multiplies bf16, else float32. CPU only.
   */
  INT8(TorchType.BFLOAT16, TorchType.FLOAT32),
  /**
   * Linear layers have 4-bit weights with a scale and an offset for each {@link #INT4_GROUP} of a
   * row and take bf16 inputs; the output is as in {@code INT8}, the rest as in {@code BF16}. CPU
   * only.
   */
  INT4(TorchType.BFLOAT16, TorchType.BFLOAT16);

  /** Weights of a row that share a scale. */
  static final int INT4_GROUP = 32;

  /** In place of a type, for a matrix of 4 bits. */
  static final int FOUR_BITS = TorchType.UINT8;

  /** In place of a type, for a matrix of 8 bits. */
  static final int EIGHT_BITS = TorchType.INT8;

  private final int scalarType;
  private final int linearType;

  WeightMode(int scalarType, int linearType) {
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

  /** The mode of a name such as {@code int8}. */
  public static WeightMode named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** Its name as options have it. */
  public String optionName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a GPU can run it. */
  public boolean runsOnGpu() {
    return this == FLOAT32 || this == BF16;
  }

  /** Bytes of one number of the cache, on this machine. */
  public int cacheBytes() {
    return TorchType.bytes(cacheType());
  }

  /** PyTorch's number for the type of the cache and of the products that meet it. */
  int cacheType() {
    boolean chosenForSpeed = this == INT8 || this == INT4;
    return chosenForSpeed && !Processor.multipliesBf16() ? TorchType.FLOAT32 : scalarType;
  }

  /** Bytes of one number of a plain matrix. */
  int bytes() {
    return TorchType.bytes(scalarType);
  }

  /** PyTorch's number for the type of plain matrices. */
  int scalarType() {
    return scalarType;
  }

  /** How layers are held: a type, {@link #EIGHT_BITS} or {@link #FOUR_BITS}. */
  int layerType() {
    return switch (this) {
      case FLOAT32, BF16 -> scalarType;
      case INT8 -> EIGHT_BITS;
      case INT4 -> FOUR_BITS;
    };
  }

  /** The same for the output. */
  int outputType() {
    return this == INT4 ? EIGHT_BITS : layerType();
  }

  /** PyTorch's number for the type that linear layers take and give. */
  int linearType() {
    return linearType;
  }

  /** Weights that share a scale in a kernel of groups; 0 for every other. */
  int group() {
    return this == INT4 ? INT4_GROUP : 0;
  }

  /** PyTorch's number for the type of rows, or {@link #FOUR_BITS}. */
  static int scalarType(RowFormat format) {
    return switch (format) {
      case F32 -> TorchType.FLOAT32;
      case F16 -> TorchType.FLOAT16;
      case BF16 -> TorchType.BFLOAT16;
      case FOUR_BIT -> FOUR_BITS;
    };
  }
}
