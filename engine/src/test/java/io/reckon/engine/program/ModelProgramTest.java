package io.reckon.engine.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDManager;
import io.reckon.engine.RandomCheckpoint;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.checkpoint.Checkpoint;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelProgramTest {
  @TempDir Path folder;

  @Test
  void holdsNoTensorBetweenStepsAndNothingAfterItCloses() throws Exception {
    ModelProgram program = load(WeightMode.FLOAT32);
    NDManager manager = program.manager();
    int held = resources(manager).size();
    for (int i = 0; i < 5; i++) {
      try (StepOutput output = program.step(decode(3))) {
        assertThat(output.logits(0)).hasSize(96);
      }
    }
    assertThat(manager.getManagedArrays()).isEmpty();
    assertThat(resources(manager)).hasSize(held);
    program.close();
    assertThat(resources(manager)).isEmpty();
    assertThat(manager.isOpen()).isFalse();
  }

  @Test
  void bf16StaysNearFloat32() throws Exception {
    float[] exact = logits(WeightMode.FLOAT32);
    float[] rounded = logits(WeightMode.BF16);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < exact.length; i++) {
      difference += Math.pow(rounded[i] - exact[i], 2);
      norm += Math.pow(exact[i], 2);
    }
    assertThat(Math.sqrt(difference / norm)).isBetween(1e-5, 3e-2);
  }

  @Test
  void refusesInt4WhereAMatrixDoesNotDivideIntoGroups() throws Exception {
    new RandomCheckpoint(1).with("intermediate_size", 200).write(folder);
    Checkpoint checkpoint = Checkpoint.open(folder.toString());
    assertThatThrownBy(() -> ModelProgram.load(checkpoint, WeightMode.INT4, Device.cpu(), 2, 64))
        .isInstanceOf(EngineException.class)
        .hasMessageMatching(
            "mode int4 needs matrices of .* and model.layers.0.* is .*give mode int8");
  }

  @Test
  void ranksCandidatesBesideTheBest() throws Exception {
    try (ModelProgram program = load(WeightMode.FLOAT32);
        StepOutput output = program.step(decode(4))) {
      float[] logits = output.logits(0);
      int[] candidates = output.candidateTokens(0);
      assertThat(candidates).hasSize(4).doesNotHaveDuplicates().startsWith(output.bestToken(0));
      for (int i = 0; i < candidates.length; i++) {
        assertThat(output.candidateLogits(0)[i]).isEqualTo(logits[candidates[i]]);
      }
      assertThat(output.bestLogit(0)).isEqualTo(logits[output.bestToken(0)]);
      assertThat((double) output.logSum(0)).isCloseTo(logSum(logits, 1), within(1e-4));
      assertThat((double) output.temperedLogMass(0))
          .isCloseTo(logSum(logits, 2) - output.bestLogit(0) / 2, within(1e-5));
    }
  }

  @Test
  void givesTheMassOverTheLikeliestOnesAtAnyTemperature() throws Exception {
    try (ModelProgram program = load(WeightMode.FLOAT32)) {
      for (float inverse : new float[] {1, 1e2f, 1e3f, 1e5f}) {
        try (StepOutput output = program.step(decode(4, inverse))) {
          double mass = 0;
          for (float logit : output.logits(0)) {
            mass += Math.exp((logit - output.bestLogit(0)) * inverse);
          }
          assertThat((double) output.temperedLogMass(0))
              .as("at 1 over %s", inverse)
              .isCloseTo(Math.log(mass), within(5e-6));
        }
      }
    }
  }

  private static double logSum(float[] logits, double temperature) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit / temperature);
    }
    return Math.log(sum);
  }

  /** What a manager will free when it closes: arrays and sub-managers. */
  private static Map<?, ?> resources(NDManager manager) throws Exception {
    Field resources = BaseNDManager.class.getDeclaredField("resources");
    resources.setAccessible(true);
    return (Map<?, ?>) resources.get(manager);
  }

  private float[] logits(WeightMode mode) throws Exception {
    try (ModelProgram program = load(mode);
        StepOutput output = program.step(decode(0))) {
      return output.logits(0);
    }
  }

  private ModelProgram load(WeightMode mode) throws Exception {
    Checkpoint checkpoint = Checkpoint.open(new RandomCheckpoint(1).write(folder).toString());
    return ModelProgram.load(checkpoint, mode, Device.cpu(), 2, 64);
  }

  private static final AttentionBlocks NO_BLOCKS =
      new AttentionBlocks(
          new long[0],
          new long[0],
          new long[0],
          new long[0],
          new long[0],
          new long[0],
          new long[0]);

  /** The first token of a sequence on page 1, at temperature 2. */
  static StepInput decode(int candidates) {
    return decode(candidates, 0.5f);
  }

  private static StepInput decode(int candidates, float inverseTemperature) {
    return new StepInput(
        new long[] {42},
        new long[] {0},
        new long[] {64},
        new AttentionBlocks(
            new long[] {1},
            new long[] {0},
            new long[] {0},
            new long[] {1},
            new long[] {1},
            new long[0],
            new long[0]),
        NO_BLOCKS,
        new long[] {0},
        new float[] {inverseTemperature},
        candidates);
  }
}
