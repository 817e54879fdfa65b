package io.reckon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Compares with logits that were computed in float64 by another implementation. */
class ReferenceVectorsTest {
  private static final Path MODEL = Path.of("src/test/resources/mla-small");

  @Test
  void givesTheReferenceLogitsAndGreedyContinuations() throws Exception {
    JsonNode vectors = new JsonMapper().readTree(MODEL.resolve("expected.json").toFile());
    try (LogitsProbe probe = probe("float32")) {
      for (int i = 0; i < vectors.path("prompts").size(); i++) {
        JsonNode expected = vectors.path("expected").get(i);
        int[] greedy = integers(expected.path("greedy"));
        LogitsProbe.Result result =
            probe.probe(integers(vectors.path("prompts").get(i)), greedy.length);
        assertThat(result.greedy()).isEqualTo(greedy);
        assertThat(relativeError(result.logits(), expected.path("last_logits"))).isLessThan(1e-4);
      }
    }
  }

  @Test
  void staysNearThemInInt8() throws Exception {
    assertThat(errors("int8")).hasSize(4).allMatch(error -> error > 1e-4 && error < 4e-2);
  }

  /** Sixteen levels a group of 32 are off by a hundredth of a group's width, in every layer. */
  @Test
  void staysInSightOfThemInInt4() throws Exception {
    assertThat(errors("int4")).hasSize(4).allMatch(error -> error > 1e-2 && error < 0.4);
  }

  private static List<Double> errors(String mode) throws Exception {
    JsonNode vectors = new JsonMapper().readTree(MODEL.resolve("expected.json").toFile());
    List<Double> errors = new ArrayList<>();
    try (LogitsProbe probe = probe(mode)) {
      for (int i = 0; i < vectors.path("prompts").size(); i++) {
        float[] logits = probe.probe(integers(vectors.path("prompts").get(i)), 0).logits();
        JsonNode expected = vectors.path("expected").get(i).path("last_logits");
        errors.add(relativeError(logits, expected));
      }
    }
    return errors;
  }

  private static LogitsProbe probe(String mode) {
    EngineConfiguration defaults = EngineConfiguration.builtin();
    return LogitsProbe.open(
        new EngineConfiguration(
            MODEL.toString(), mode, defaults.device(), 1, defaults.cacheBytes()));
  }

  private static double relativeError(float[] actual, JsonNode expected) {
    assertThat(actual).hasSize(expected.size());
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < actual.length; i++) {
      difference += Math.pow(actual[i] - expected.get(i).asDouble(), 2);
      norm += Math.pow(expected.get(i).asDouble(), 2);
    }
    return Math.sqrt(difference / norm);
  }

  private static int[] integers(JsonNode numbers) {
    return StreamSupport.stream(numbers.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }
}
