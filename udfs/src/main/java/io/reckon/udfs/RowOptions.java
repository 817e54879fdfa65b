package io.reckon.udfs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.SamplingParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * What a row asks for in a way of its own: a JSON object with some of the names below, or a refusal
 * under {@link #REFUSED}; {@link #SAMPLES} is the plan's matter. All else is the run's.
 */
public final class RowOptions {
  /** Why the row can't be answered, whatever else it says. */
  public static final String REFUSED = "refused";

  /** How many samples the row asks for. */
  public static final String SAMPLES = "n";

  private static final JsonMapper JSON = new JsonMapper();
  private static final RowOptions NONE = new RowOptions(JSON.createObjectNode());

  /** What each name does. */
  private static final Map<String, BiConsumer<SamplingParameters.Builder, JsonNode>> SETTERS =
      Map.ofEntries(
          setter("temperature", (to, value) -> to.temperature(value.doubleValue())),
          setter("top_p", (to, value) -> to.topP(value.doubleValue())),
          setter("top_k", (to, value) -> to.topK(value.intValue())),
          setter("min_p", (to, value) -> to.minP(value.doubleValue())),
          setter("repetition_penalty", (to, value) -> to.repetitionPenalty(value.doubleValue())),
          setter("presence_penalty", (to, value) -> to.presencePenalty(value.doubleValue())),
          setter("frequency_penalty", (to, value) -> to.frequencyPenalty(value.doubleValue())),
          setter("seed", (to, value) -> to.seed(value.longValue())),
          setter("max_tokens", (to, value) -> to.maxNewTokens(value.intValue())),
          setter("stop", (to, value) -> to.stopStrings(texts(value))),
          setter("stop_token_ids", (to, value) -> to.stopTokens(new TreeSet<>(numbers(value)))),
          setter("logit_bias", (to, value) -> to.logitBias(biases(value))),
          setter("top_logprobs", (to, value) -> to.listTokens(true).topLogprobs(value.intValue())),
          setter(
              "json_schema",
              (to, value) -> to.constraint(new OutputConstraint.JsonSchema(value.toString()))));

  private final JsonNode values;

  private RowOptions(JsonNode values) {
    this.values = values;
  }

  /** Reads a row's {@code overrides}; null where it has none. */
  static RowOptions parse(String overridesOrNull) {
    try {
      return overridesOrNull == null ? NONE : new RowOptions(JSON.readTree(overridesOrNull));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("overrides are written by the source", e);
    }
  }

  /**
   * @throws EngineException {@code BAD_REQUEST} where the source has refused the row
   */
  void requireNotRefused() {
    if (values.has(REFUSED)) {
      throw new EngineException(ErrorCode.BAD_REQUEST, values.get(REFUSED).textValue());
    }
  }

  /**
   * The run's parameters with the row's own in their places.
   *
   * @throws EngineException {@code BAD_OPTION} where one is outside its range
   */
  SamplingParameters apply(SamplingParameters sampling) {
    if (values.isEmpty()) {
      return sampling;
    }
    SamplingParameters.Builder own = sampling.toBuilder();
    values
        .properties()
        .forEach(
            value ->
                SETTERS
                    .getOrDefault(value.getKey(), (to, unused) -> {})
                    .accept(own, value.getValue()));
    return own.build();
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.textValue()));
    return texts;
  }

  private static List<Integer> numbers(JsonNode list) {
    List<Integer> numbers = new ArrayList<>();
    list.forEach(number -> numbers.add(number.intValue()));
    return numbers;
  }

  private static Map<Integer, Double> biases(JsonNode object) {
    Map<Integer, Double> biases = new TreeMap<>();
    object
        .properties()
        .forEach(bias -> biases.put(Integer.valueOf(bias.getKey()), bias.getValue().doubleValue()));
    return biases;
  }

  private static Map.Entry<String, BiConsumer<SamplingParameters.Builder, JsonNode>> setter(
      String name, BiConsumer<SamplingParameters.Builder, JsonNode> setter) {
    return Map.entry(name, setter);
  }
}
