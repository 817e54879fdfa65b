package io.reckon.udfs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.api.Thinking;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /** Whether the row's model is to reason. */
  public static final String THINKING = "thinking";

  /** How many tokens of reasoning it may write. */
  public static final String THINKING_BUDGET = "thinking_token_budget";

  /** With how much effort it is to reason. */
  public static final String REASONING_EFFORT = "reasoning_effort";

  /** Whether who asks wants the reasoning too; the matter of what is written for them. */
  public static final String INCLUDE_REASONING = "include_reasoning";

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
          setter("choice", (to, value) -> to.constraint(new OutputConstraint.Choice(texts(value)))),
          setter(
              "regex", (to, value) -> to.constraint(new OutputConstraint.Regex(value.textValue()))),
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
    return own.thinking(thinking(sampling.thinking())).build();
  }

  /**
   * @param runs goes on to bound the reasoning where the row gives no bound of its own
   */
  private Thinking thinking(Thinking runs) {
    Thinking own = ownThinking().orElse(runs);
    boolean bounded = own instanceof Thinking.Limited || !(runs instanceof Thinking.Limited);
    return bounded || !Thinking.allowed(own) ? own : runs;
  }

  private Optional<Thinking> ownThinking() {
    if (values.has(THINKING) && !values.get(THINKING).booleanValue()) {
      return Optional.of(Thinking.OFF);
    }
    if (values.has(THINKING_BUDGET)) {
      return Optional.of(Thinking.atMost(values.get(THINKING_BUDGET).intValue()));
    }
    if (values.has(REASONING_EFFORT)) {
      return Optional.of(Thinking.effort(values.get(REASONING_EFFORT).textValue()));
    }
    return values.has(THINKING) ? Optional.of(Thinking.ON) : Optional.empty();
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
