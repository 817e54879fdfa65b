package io.reckon.engine.program;

import io.reckon.engine.checkpoint.WeightMatrix;
import java.util.List;

/**
 * One of the tensors that a matrix is held as.
 *
 * @param type PyTorch's number for the type of its numbers
 */
record HeldPart(long numbers, int type) {
  /**
   * The tensors of a matrix in the order in which the program has them.
   *
   * @param type how it is held, as {@link WeightMode#layerType} says
   */
  static List<HeldPart> of(WeightMatrix matrix, int type) {
    long numbers = (long) matrix.rows() * matrix.columns();
    return switch (type) {
      case WeightMode.FOUR_BITS ->
          List.of(
              new HeldPart(numbers / 2, TorchType.UINT8),
              new HeldPart(numbers / WeightMode.INT4_GROUP * 2, TorchType.BFLOAT16));
      case WeightMode.EIGHT_BITS ->
          List.of(
              new HeldPart(numbers, TorchType.INT8),
              new HeldPart(matrix.rows(), TorchType.FLOAT32));
      default -> List.of(new HeldPart(numbers, type));
    };
  }

  int bytesOfNumber() {
    return TorchType.bytes(type);
  }
}
