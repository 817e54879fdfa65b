package io.reckon.engine.checkpoint;

import java.util.Arrays;
import java.util.Optional;

/**
 * Number formats that weights are stored in, by the names that safetensors and GGUF give them. The
 * numbers of a row come in blocks of equal length.
 */
public enum TensorType {
  F32(1, 4, 0),
  F16(1, 2, 1),
  BF16(1, 2, 30),
  /** A sign, 4 bits of exponent and 3 of mantissa; a scale for each square of 128 by 128. */
  F8_E4M3(1, 1, -1),
  Q4_0(32, 18, 2),
  Q5_0(32, 22, 6),
  Q8_0(32, 34, 8),
  Q4_K(256, 144, 12),
  Q5_K(256, 176, 13),
  Q6_K(256, 210, 14),
  IQ4_NL(32, 18, 20);

  private final int blockNumbers;
  private final int blockBytes;
  private final int ggufNumber;

  TensorType(int blockNumbers, int blockBytes, int ggufNumber) {
    this.blockNumbers = blockNumbers;
    this.blockBytes = blockBytes;
    this.ggufNumber = ggufNumber;
  }

  /** Numbers of a block. */
  public int blockNumbers() {
    return blockNumbers;
  }

  /** Bytes of a block. */
  public int blockBytes() {
    return blockBytes;
  }

  /** The type that safetensors calls so. */
  static Optional<TensorType> ofSafetensors(String name) {
    return Arrays.stream(values())
        .filter(type -> type.blockNumbers == 1 && type.name().equals(name))
        .findFirst();
  }

  /** The type that has this number in a GGUF. */
  static Optional<TensorType> ofGguf(int number) {
    return Arrays.stream(values()).filter(type -> type.ggufNumber == number).findFirst();
  }
}
