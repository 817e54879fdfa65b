package io.reckon.engine.program;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import io.reckon.engine.checkpoint.WeightMatrix;
import java.util.function.DoubleConsumer;

/**
 * Matrices from a checkpoint, some rows at a time: while the program takes a chunk, the next is
 * read and unpacked. So beside what is loaded no more than two chunks stand in memory and, where a
 * kernel has a layout of its own, one matrix.
 */
final class CheckpointSource implements MatrixSource {
  private final ScriptProgram script;
  private final ChunkReader reader;

  CheckpointSource(ScriptProgram script, int threads) {
    this.script = script;
    this.reader = new ChunkReader(threads);
  }

  @Override
  public void fill(WeightMatrix matrix, int type, DoubleConsumer progress) {
    reader.read(
        matrix,
        type == WeightMode.FOUR_BITS,
        chunk -> {
          take(chunk, matrix.columns());
          progress.accept((double) (chunk.first() + chunk.count()) / matrix.rows());
        });
  }

  private void take(ChunkReader.Chunk chunk, int columns) {
    Shape shape = new Shape(chunk.bytes().remaining());
    try (NDManager scope = script.manager().newSubManager()) {
      script.run(
          "take",
          IValue.from(chunk.first()),
          IValue.from(columns),
          IValue.from((PtNDArray) scope.create(chunk.bytes(), shape, DataType.INT8)),
          IValue.from(WeightMode.scalarType(chunk.format())));
    }
  }

  @Override
  public void close() {
    reader.close();
  }
}
