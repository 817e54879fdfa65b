package io.reckon.engine.program;

import io.reckon.engine.checkpoint.ModelConfiguration;
import io.reckon.engine.checkpoint.WeightLayout;
import java.util.List;

/** What a model takes of memory once it is loaded, told from its shape alone. */
public final class WeightFootprint {
  private static final int NORM_BYTES = 4;
  private static final int INT8_SCALE_BYTES = 4;

  /** A scale and an offset, both bf16. */
  private static final int INT4_GROUP_BYTES = 4;

  private WeightFootprint() {}

  /** Bytes of all weights as {@code model.py} keeps them. */
  public static long bytes(ModelConfiguration model, WeightMode mode) {
    long bytes =
        WeightLayout.tensors(model).entrySet().stream()
            .mapToLong(tensor -> bytes(tensor.getKey(), tensor.getValue(), mode))
            .sum();
    // Where matrices have a layout of their own, a tied output is kept twice: as rows to look up,
    // and as a matrix to multiply by.
    return model.tiedEmbedding() && mode.outputType() != mode.scalarType()
        ? bytes + matrix(model.vocabularySize(), model.hiddenSize(), mode.outputType(), mode)
        : bytes;
  }

  private static long bytes(String name, List<Integer> shape, WeightMode mode) {
    if (shape.size() == 1) {
      return (long) NORM_BYTES * shape.get(0);
    }
    if (name.endsWith("kv_b_proj.weight")) {
      return (long) shape.get(0) * shape.get(1) * mode.cacheBytes();
    }
    return matrix(shape.get(0), shape.get(1), type(name, mode), mode);
  }

  private static int type(String name, WeightMode mode) {
    if (name.equals(WeightLayout.EMBEDDING)) {
      return mode.scalarType();
    }
    return name.equals(WeightLayout.OUTPUT) ? mode.outputType() : mode.layerType();
  }

  private static long matrix(long rows, long columns, int type, WeightMode mode) {
    return switch (type) {
      case WeightMode.EIGHT_BITS -> rows * (columns + INT8_SCALE_BYTES);
      case WeightMode.FOUR_BITS ->
          rows * (columns / 2 + columns / WeightMode.INT4_GROUP * INT4_GROUP_BYTES);
      default -> rows * columns * mode.bytes();
    };
  }

  /**
   * Bytes of what the largest step makes on its way, as far as it is alive at one time. An
   * estimate.
   *
   * @param rows tokens of the step
   * @param scored rows of them that are scored
   */
  public static long stepBytes(ModelConfiguration model, WeightMode mode, int rows, int scored) {
    int linear = TorchType.bytes(mode.linearType());
    long residual = 4L * 4 * model.hiddenSize();
    long feedForward = 2L * linear * 2 * model.feedForwardSize();
    long attention =
        (long) model.heads()
            * (2L * mode.cacheBytes() * model.cacheWidth() + 2L * 4 * model.latentRank());
    long row = residual + Math.max(feedForward, attention);
    return rows * row + 3L * 4 * scored * model.vocabularySize();
  }
}
