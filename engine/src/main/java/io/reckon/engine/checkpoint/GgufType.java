package io.reckon.engine.checkpoint;

import java.util.List;
import java.util.Optional;

/** The types of a GGUF's metadata, in the order of their numbers. */
enum GgufType {
  UINT8(1),
  INT8(1),
  UINT16(2),
  INT16(2),
  UINT32(4),
  INT32(4),
  FLOAT32(4),
  BOOL(1),
  STRING(8),
  ARRAY(12),
  UINT64(8),
  INT64(8),
  FLOAT64(8);

  private static final List<GgufType> BY_NUMBER = List.of(values());

  private final int leastBytes;

  GgufType(int leastBytes) {
    this.leastBytes = leastBytes;
  }

  static Optional<GgufType> of(int number) {
    return number >= 0 && number < BY_NUMBER.size()
        ? Optional.of(BY_NUMBER.get(number))
        : Optional.empty();
  }

  /** Bytes of a value; of an empty one where values differ in length. */
  int leastBytes() {
    return leastBytes;
  }

  boolean isNumber() {
    return this != BOOL && this != STRING && this != ARRAY;
  }

  boolean isFraction() {
    return this == FLOAT32 || this == FLOAT64;
  }
}
