package io.reckon.engine.program;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ScriptProgramTest {
  @Test
  void callsAMethodOfAProgramWrittenInJava() {
    try (ScriptProgram program = ScriptProgram.load("probe.py", Device.cpu());
        NDManager scope = program.manager().newSubManager()) {
      PtNDArray weight = (PtNDArray) scope.create(new float[] {1, 2, 3, 4}, new Shape(2, 2));
      PtNDArray x = (PtNDArray) scope.create(new float[] {10, 1}, new Shape(1, 2));
      program.call("set_weight", IValue.from(weight), IValue.from(0.5)).close();
      NDArray y =
          program
              .call("product", IValue.from(x))
              .toTensor((ai.djl.pytorch.engine.PtNDManager) scope);
      assertThat(y.toFloatArray()).containsExactly(6f, 17f);
    }
  }

  @Test
  void takesGradientsInsideTheProgram() {
    try (ScriptProgram program = ScriptProgram.load("probe.py", Device.cpu());
        NDManager scope = program.manager().newSubManager()) {
      NDArray weight = scope.create(new float[] {1, 2}, new Shape(1, 2));
      program.callWithGradients("make_parameter", weight);
      NDList result =
          program.callWithGradients(
              "gradient_step", scope.create(new float[] {3, 1}, new Shape(1, 2)));
      assertThat(result.get(0).getFloat()).isEqualTo(25f);
      assertThat(result.get(1).toFloatArray()).containsExactly(30f, 10f);
    }
  }

  /** What libtorch's optimizer makes of this at its second call fails. */
  @Test
  void isOptimizedOnNoThread() throws Exception {
    try (ScriptProgram program = ScriptProgram.load("probe.py", Device.cpu());
        NDManager scope = program.manager().newSubManager()) {
      NDArray weight = scope.create(new float[] {1, 2}, new Shape(1, 2));
      NDArray x = scope.create(new float[] {3, 1}, new Shape(1, 2));
      program.callWithGradients("make_parameter", weight);
      CompletableFuture.runAsync(
              () -> {
                for (int call = 0; call < 3; call++) {
                  NDList result = program.callWithGradients("mixed_gradient_step", x);
                  assertThat(result.get(1).getShape()).isEqualTo(weight.getShape());
                }
              },
              task -> new Thread(task).start())
          .get();
    }
  }
}
