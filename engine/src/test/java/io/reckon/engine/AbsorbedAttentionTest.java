package io.reckon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.checkpoint.Checkpoint;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The program against {@link NaiveModel}, over lengths around its blocks, pages and chunks. */
class AbsorbedAttentionTest {
  static Stream<Arguments> models() {
    return Stream.of(
        Arguments.of("compressed queries", new RandomCheckpoint(1)),
        Arguments.of("direct queries", new RandomCheckpoint(2).withoutQueryCompression()),
        Arguments.of("an output matrix of its own", new RandomCheckpoint(3).untied()),
        Arguments.of("yarn", new RandomCheckpoint(4).yarn(8, 1, 1)),
        Arguments.of("yarn with two magnitudes", new RandomCheckpoint(5).yarn(8, 0.7, 1.2)),
        Arguments.of("a Youtu-LLM", new RandomCheckpoint(6).youtu()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void equalsNaiveAttention(String name, RandomCheckpoint model, @TempDir Path folder)
      throws Exception {
    EngineConfiguration configuration =
        new EngineConfiguration(model.write(folder).toString(), "float32", "cpu", 1, 1 << 20);
    NaiveModel oracle = new NaiveModel(Checkpoint.open(folder.toString()));
    try (LogitsProbe probe = LogitsProbe.open(configuration)) {
      for (int length : new int[] {1, 15, 16, 17, 64, 65, 130}) {
        int[] tokens = new Random(length).ints(length, 0, 96).toArray();
        assertThat(relativeError(probe.probe(tokens, 0).logits(), oracle.logits(tokens)))
            .as("%s, %d tokens", name, length)
            .isLessThan(1e-4);
      }
    }
  }

  static double relativeError(float[] actual, double[] expected) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(actual[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / norm);
  }
}
