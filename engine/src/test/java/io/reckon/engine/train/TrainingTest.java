package io.reckon.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.JsonNode;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.train.tokenizer.TokenizerBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingTest {
  @TempDir Path folder;

  /** Stands for a kill: the run ends where this listener says so. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final class Listener implements TrainingListener {
    private final int killAt;
    private final List<Double> losses = new ArrayList<>();

    Listener(int killAt) {
      this.killAt = killAt;
    }

    @Override
    public void progress(int step, int steps, double loss, double tokensPerSecond) {
      losses.add(loss);
      if (step == killAt) {
        throw new Killed();
      }
    }

    @Override
    public void evaluation(int step, Map<String, Double> accuracy) {
      assertThat(accuracy).hasSize(12);
    }
  }

  @Test
  void learnsAndGoesOnAfterAKillAsIfNothingHadBeen() throws IOException {
    Path whole = folder.resolve("whole");
    Listener straight = new Listener(0);
    Training.run(options(whole, false), straight);
    assertThat(straight.losses.get(1)).isLessThan(straight.losses.get(0));

    Path broken = folder.resolve("broken");
    assertThatThrownBy(() -> Training.run(options(broken, false), new Listener(50)))
        .isInstanceOf(Killed.class);
    Training.run(options(broken, true), new Listener(0));

    assertThat(startSteps(broken)).containsExactly(0, 50);
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
    return new TrainingOptions(output, 100, 1024, 7, 2, resume);
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
