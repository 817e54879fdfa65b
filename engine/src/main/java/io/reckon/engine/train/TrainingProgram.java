package io.reckon.engine.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.reckon.engine.program.Processor;
import io.reckon.engine.program.ScriptProgram;
import java.util.List;
import java.util.stream.LongStream;

/** The training program {@code train.py} with its state: weights and optimizer moments. */
final class TrainingProgram implements AutoCloseable {
  /** Loss and gradient norm of a step. */
  record StepResult(float loss, float gradientNorm) {}

  /** Whether each expected token of a batch was the likeliest; and the mean loss. */
  record Evaluation(int[] correct, float loss) {}

  /** Weights and both optimizer moments, each one vector in the order of the shape's weights. */
  record State(float[] weights, float[] momentum, float[] variance) {}

  // PyTorch's numbers.
  private static final int FLOAT32 = 6;
  private static final int BF16 = 15;

  private final ScriptProgram program = ScriptProgram.load("train.py", Device.cpu());

  TrainingProgram(ModelShape shape, State state) {
    try (NDManager scope = program.manager().newSubManager()) {
      List<ModelShape.Weight> weights = shape.weights();
      long[] shapes =
          weights.stream().flatMapToLong(w -> LongStream.of(w.rows(), w.columns())).toArray();
      float[] dims = {
        shape.layers(),
        shape.heads(),
        shape.nope(),
        shape.rope(),
        shape.value(),
        shape.latent(),
        (float) shape.theta(),
        Processor.multipliesBf16() ? BF16 : FLOAT32
      };
      program.callWithGradients(
          "start",
          scope.create(dims),
          scope.create(shapes, new Shape(weights.size(), 2)),
          scope.create(state.weights()),
          scope.create(state.momentum()),
          scope.create(state.variance()));
    }
  }

  /**
   * Learns from one batch.
   *
   * @param number of the step, from 1
   */
  StepResult step(Batch batch, Rates rates, int number) {
    try (NDManager scope = program.manager().newSubManager()) {
      NDArray[] inputs = inputs(scope, batch, 6);
      inputs[5] =
          scope.create(
              new float[] {
                (float) rates.adam(), (float) rates.muon(), (float) rates.decay(), number
              });
      NDList result = program.callWithGradients("step", inputs);
      return new StepResult(result.get(0).getFloat(), result.get(1).getFloat());
    }
  }

  Evaluation evaluate(Batch batch) {
    try (NDManager scope = program.manager().newSubManager()) {
      NDList result = program.callWithGradients("correct", inputs(scope, batch, 5));
      return new Evaluation(result.get(0).toIntArray(), result.get(1).getFloat());
    }
  }

  State state() {
    try (NDManager scope = program.manager().newSubManager()) {
      NDList state = program.callWithGradients("snapshot", scope.create(0));
      return new State(
          state.get(0).toFloatArray(), state.get(1).toFloatArray(), state.get(2).toFloatArray());
    }
  }

  private static NDArray[] inputs(NDManager scope, Batch batch, int count) {
    NDArray[] inputs = new NDArray[count];
    inputs[0] = scope.create(batch.tokens());
    inputs[1] = scope.create(batch.positions());
    inputs[2] = scope.create(batch.groups());
    inputs[3] = scope.create(batch.targets());
    inputs[4] = scope.create(batch.expected());
    return inputs;
  }

  @Override
  public void close() {
    program.close();
  }
}
