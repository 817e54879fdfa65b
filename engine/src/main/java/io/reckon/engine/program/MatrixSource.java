package io.reckon.engine.program;

import io.reckon.engine.checkpoint.WeightMatrix;
import java.util.function.DoubleConsumer;

/** Where the numbers of the program's matrices come from. */
interface MatrixSource extends AutoCloseable {
  /**
   * Fills the matrix that the program has begun.
   *
   * @param type how it is held, as {@link WeightMode#layerType} says
   * @param progress hears of the share that is done
   */
  void fill(WeightMatrix matrix, int type, DoubleConsumer progress);

  /** All matrices have come. */
  default void finish() {}

  @Override
  void close();
}
