package io.reckon.engine.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PreparedCopyTest {
  private static final Checkpoint MODEL =
      Checkpoint.open("src/test/resources/mla-small/model-Q4_K_M.gguf");

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(names = {"INT8", "INT4"})
  void aSecondStartGivesTheSameLogitsFromTheCopy(WeightMode mode) throws IOException {
    float[] plain = logits(mode);
    assertThat(logits(folder, mode)).isEqualTo(plain);
    assertThat(copies()).hasSize(1);
    assertThat(logits(folder, mode)).isEqualTo(plain);
    assertThat(copies()).hasSize(1);
  }

  @Test
  void eachModeThatRoundsHasACopyAndNoOther() throws IOException {
    for (WeightMode mode : WeightMode.values()) {
      logits(folder, mode);
    }
    assertThat(copies()).hasSize(2);
  }

  @Test
  void aCopyThatIsCutShortIsDeleted() throws IOException {
    logits(folder, WeightMode.INT8);
    byte[] whole = Files.readAllBytes(copies().get(0));
    Files.write(copies().get(0), Arrays.copyOf(whole, whole.length - 3));
    refusesOnce();
  }

  @Test
  void aCopyWithAFlippedBitIsDeleted() throws IOException {
    logits(folder, WeightMode.INT8);
    byte[] bytes = Files.readAllBytes(copies().get(0));
    bytes[bytes.length / 2] ^= 4;
    Files.write(copies().get(0), bytes);
    refusesOnce();
  }

  @Test
  void loadsWhereNoCopyCanBeWritten() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    assertThat(logits(file, WeightMode.INT8)).isNotEmpty();
  }

  private void refusesOnce() throws IOException {
    assertThatThrownBy(() -> logits(folder, WeightMode.INT8))
        .isInstanceOf(EngineException.class)
        .hasMessageMatching("the prepared copy .* is damaged; it is deleted; start again");
    assertThat(copies()).isEmpty();
    assertThat(logits(folder, WeightMode.INT8)).isNotEmpty();
  }

  private List<Path> copies() throws IOException {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static float[] logits(Path prepared, WeightMode mode) {
    System.setProperty(PreparedCopy.VARIABLE, prepared.toString());
    try {
      return logits(mode);
    } finally {
      System.clearProperty(PreparedCopy.VARIABLE);
    }
  }

  private static float[] logits(WeightMode mode) {
    try (ModelProgram program = ModelProgram.load(MODEL, mode, Device.cpu(), 2, 64);
        StepOutput output = program.step(ModelProgramTest.decode(0))) {
      return output.logits(0);
    }
  }
}
