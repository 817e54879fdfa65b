package io.reckon.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.JsonNode;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.train.tokenizer.TokenizerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingTest {
  /** The first step after which the state is written. */
  private static final int KILLED_AT = 50;

  @TempDir Path folder;

  private static class Listener implements TrainingListener {
    private final List<Double> losses = new ArrayList<>();

    @Override
    public void progress(int step, int steps, double loss, double tokensPerSecond) {
      losses.add(loss);
    }

    @Override
    public void evaluation(int step, Map<String, Double> accuracy) {
      assertThat(accuracy).hasSize(12);
    }
  }

  @Test
  void learnsAndGoesOnAfterAKillAsIfNothingHadBeen() throws IOException {
    Path whole = folder.resolve("whole");
    Path broken = folder.resolve("broken");
    Listener listener =
        new Listener() {
          @Override
          public void progress(int step, int steps, double loss, double tokensPerSecond) {
            super.progress(step, steps, loss, tokensPerSecond);
            if (step == KILLED_AT) {
              copy(whole, broken); // What a kill at this moment would leave.
            }
          }
        };
    Training.run(options(whole, false), listener);
    assertThat(listener.losses.get(1)).isLessThan(listener.losses.get(0));

    Training.run(options(broken, true), new Listener());

    assertThat(startSteps(broken)).containsExactly(0, KILLED_AT);
    assertThat(broken.resolve("model.safetensors")).exists();
    assertThat(Files.readString(broken.resolve("training-plot.svg"))).contains("polyline");
    assertThat(lastLoss(broken)).isCloseTo(lastLoss(whole), offset(0.02));
  }

  @Test
  void refusesAStateOfAnotherModel() throws IOException {
    Path state = folder.resolve("training.state");
    float[] few = new float[3];
    new TrainingState(1, 1, 1, new TrainingProgram.State(few, few, few)).write(state);
    assertThatThrownBy(() -> TrainingState.read(state, 4))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("holds 3 weights and the model has 4");
  }

  @Test
  void sameStepSameProblems() throws IOException {
    new TokenizerBuilder(1).write(folder);
    try (ProblemExamples examples = new ProblemExamples(folder.resolve("tokenizer.json"), 5)) {
      Batch once = Batch.of(examples.step(3, 2000), 3);
      Batch again = Batch.of(examples.step(3, 2000), 3);
      assertThat(once.tokens()).isEqualTo(again.tokens());
      assertThat(once.expected()).isEqualTo(again.expected());
      assertThat(Batch.of(examples.step(4, 2000), 3).tokens()).isNotEqualTo(once.tokens());
    }
  }

  private static TrainingOptions options(Path output, boolean resume) {
    return new TrainingOptions(output, KILLED_AT + 25, 1024, 7, 2, resume);
  }

  private static void copy(Path from, Path to) {
    try (var files = Files.list(from)) {
      Files.createDirectories(to);
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The step after which each start of the run went on. */
  private static List<Integer> startSteps(Path output) throws IOException {
    return new TrainingLog(output.resolve("training-log.jsonl"))
        .lines().stream()
            .filter(line -> line.path("event").asText().equals("start"))
            .map(line -> line.path("step").asInt())
            .toList();
  }

  private static double lastLoss(Path output) throws IOException {
    List<JsonNode> lines = new TrainingLog(output.resolve("training-log.jsonl")).lines();
    return lines.stream()
        .filter(line -> line.has("loss"))
        .reduce((first, second) -> second)
        .orElseThrow()
        .path("loss")
        .asDouble();
  }
}
