package io.reckon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with logits that were computed in float64 by another implementation. */
class ReferenceVectorsTest {
  private static final Path FOLDER = Path.of("src/test/resources/mla-small");
  private static final String SAFETENSORS = "model.safetensors";

  @ParameterizedTest
  @ValueSource(
      strings = {
        SAFETENSORS,
        "model-F16.gguf",
        "model-Q8_0.gguf",
        "model-Q6_K.gguf",
        "model-Q5_K_M.gguf",
        "model-Q4_K_M.gguf",
        "model-Q4_0.gguf"
      })
  void givesTheReferenceLogitsAndGreedyContinuations(String file) throws Exception {
    JsonNode vectors = vectors();
    try (LogitsProbe probe = probe(file, "float32")) {
      for (int i = 0; i < vectors.path("prompts").size(); i++) {
        JsonNode expected = vectors.path("files").path(file).get(i);
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
    assertThat(errors(SAFETENSORS, "int8")).allMatch(error -> error > 1e-4 && error < 4e-2);
    assertThat(errors("model-Q8_0.gguf", "int8")).allMatch(error -> error > 1e-4 && error < 4e-2);
  }

  /** Sixteen levels a group of 32 are off by a hundredth of a group's width, in every layer. */
  @Test
  void staysInSightOfThemInInt4() throws Exception {
    assertThat(errors(SAFETENSORS, "int4")).allMatch(error -> error > 1e-2 && error < 0.4);
  }

  /** The file's own four bits are kept; what is lost is lost by bf16, and by what has six bits. */
  @ParameterizedTest
  @ValueSource(strings = {"model-Q4_0.gguf", "model-Q4_K_M.gguf"})
  void staysNearThemInInt4WhereTheFileHasFourBits(String file) throws Exception {
    assertThat(errors(file, "int4")).allMatch(error -> error > 1e-4 && error < 0.05);
  }

  private static List<Double> errors(String file, String mode) throws Exception {
    JsonNode vectors = vectors();
    List<Double> errors = new ArrayList<>();
    try (LogitsProbe probe = probe(file, mode)) {
      for (int i = 0; i < vectors.path("prompts").size(); i++) {
        float[] logits = probe.probe(integers(vectors.path("prompts").get(i)), 0).logits();
        JsonNode expected = vectors.path("files").path(file).get(i).path("last_logits");
        errors.add(relativeError(logits, expected));
      }
    }
    return errors;
  }

  private static JsonNode vectors() throws Exception {
    return new JsonMapper().readTree(FOLDER.resolve("expected.json").toFile());
  }

  private static LogitsProbe probe(String file, String mode) {
    Path model = file.equals(SAFETENSORS) ? FOLDER : FOLDER.resolve(file);
    EngineConfiguration defaults = EngineConfiguration.builtin();
    return LogitsProbe.open(
        new EngineConfiguration(
            model.toString(), mode, defaults.device(), 1, defaults.cacheBytes()));
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
