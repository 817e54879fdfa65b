package io.reckon.engine.program;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.reckon.engine.RandomCheckpoint;
import io.reckon.engine.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightFootprintTest {
  private static final Percentage ALLOWED = Percentage.withPercentage(0.5);

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(WeightMode.class)
  void isWhatTheProgramHolds(WeightMode mode) throws IOException {
    isWhatTheProgramHolds(mode, shape());
  }

  @ParameterizedTest
  @EnumSource(WeightMode.class)
  void isWhatTheProgramHoldsWithoutQueryCompression(WeightMode mode) throws IOException {
    isWhatTheProgramHolds(mode, shape().withoutQueryCompression().untied());
  }

  private static RandomCheckpoint shape() {
    return new RandomCheckpoint(1)
        .with("hidden_size", 256)
        .with("num_attention_heads", 4)
        .with("q_lora_rank", 96)
        .with("kv_lora_rank", 64)
        .with("qk_nope_head_dim", 32)
        .with("qk_rope_head_dim", 16)
        .with("v_head_dim", 48)
        .with("intermediate_size", 512)
        .with("vocab_size", 320);
  }

  private void isWhatTheProgramHolds(WeightMode mode, RandomCheckpoint shape) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(shape.write(folder).toString());
    try (ModelProgram program = ModelProgram.load(checkpoint, mode, Device.cpu(), 2, 64)) {
      assertThat(program.weightBytes())
          .isCloseTo(WeightFootprint.bytes(checkpoint.configuration(), mode), ALLOWED);
    }
  }
}
