package io.reckon.udfs.sql;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.OutputConstraint.Choice;
import io.reckon.engine.api.OutputConstraint.JsonSchema;
import io.reckon.engine.api.OutputConstraint.Regex;
import io.reckon.engine.api.PromptTruncation;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.api.Thinking;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** The options of a call: the command line's, by the same names with underscores. */
final class CallOptions {
  static final CallOptions NONE = new CallOptions(Map.of());

  private static final String SYSTEM = "system";

  private static final List<String> CONSTRAINTS = List.of("choice", "regex", "json_schema");
  private static final List<String> THINKING =
      List.of("max_thinking_tokens", "thinking", "reasoning_effort");

  /** What each option does. */
  private static final Map<String, BiConsumer<SamplingParameters.Builder, String>> OPTIONS =
      new TreeMap<>(
          Map.ofEntries(
              option("max_new_tokens", (to, value) -> to.maxNewTokens(integer(value))),
              option("temperature", (to, value) -> to.temperature(Double.parseDouble(value))),
              option("top_k", (to, value) -> to.topK(integer(value))),
              option("top_p", (to, value) -> to.topP(Double.parseDouble(value))),
              option("min_p", (to, value) -> to.minP(Double.parseDouble(value))),
              option(
                  "repetition_penalty",
                  (to, value) -> to.repetitionPenalty(Double.parseDouble(value))),
              option(
                  "presence_penalty", (to, value) -> to.presencePenalty(Double.parseDouble(value))),
              option(
                  "frequency_penalty",
                  (to, value) -> to.frequencyPenalty(Double.parseDouble(value))),
              option("seed", (to, value) -> to.seed(new BigDecimal(value).longValueExact())),
              option("stop", (to, value) -> to.stopStrings(List.of(value))),
              option("truncate", (to, value) -> to.truncation(truncation(value))),
              option(
                  "max_thinking_tokens",
                  (to, value) -> to.thinking(Thinking.atMost(integer(value)))),
              option("thinking", (to, value) -> to.thinking(thinking(value))),
              option("reasoning_effort", (to, value) -> to.thinking(Thinking.effort(value))),
              option("choice", (to, value) -> to.constraint(choice(value))),
              option("regex", (to, value) -> to.constraint(new Regex(value))),
              option("json_schema", (to, value) -> to.constraint(new JsonSchema(value))),
              option(SYSTEM, (to, value) -> {})));

  private final Map<String, String> values;

  private CallOptions(Map<String, String> values) {
    this.values = values;
  }

  /**
   * @throws EngineException {@code BAD_OPTION} for a name that is no option
   */
  static CallOptions parse(Map<String, String> values) {
    for (String name : values.keySet()) {
      if (!OPTIONS.containsKey(name)) {
        throw bad(
            "'%s' is no option; the options are %s"
                .formatted(name, String.join(", ", OPTIONS.keySet())));
      }
    }
    return new CallOptions(Map.copyOf(values));
  }

  /** The system message; empty for none. */
  String system() {
    return values.getOrDefault(SYSTEM, "");
  }

  /**
   * @param constraint the function's own
   * @throws EngineException {@code BAD_OPTION} where a value can't be read or is outside its range
   */
  SamplingParameters sampling(OutputConstraint constraint) {
    requireOne("an answer is held to", CONSTRAINTS, constraint.constrains() ? 1 : 0);
    requireOne("reasoning is told by", THINKING, 0);
    SamplingParameters.Builder sampling = SamplingParameters.builder().constraint(constraint);
    values.forEach((name, value) -> set(sampling, name, value));
    return sampling.build();
  }

  /**
   * @param others how many of them stand elsewhere
   */
  private void requireOne(String what, List<String> names, int others) {
    if (names.stream().filter(values::containsKey).count() + others > 1) {
      throw bad("%s one of %s; give no more than one".formatted(what, String.join(", ", names)));
    }
  }

  private static void set(SamplingParameters.Builder sampling, String name, String value) {
    try {
      OPTIONS.get(name).accept(sampling, value);
    } catch (NumberFormatException e) {
      throw bad("%s is '%s'; give a number".formatted(name, value));
    } catch (ArithmeticException e) {
      throw bad("%s is %s; give a whole number".formatted(name, value));
    }
  }

  private static int integer(String value) {
    return new BigDecimal(value).intValueExact();
  }

  private static Choice choice(String value) {
    return new Choice(List.of(value.split(",", -1)));
  }

  private static Thinking thinking(String value) {
    return switch (value) {
      case "on" -> Thinking.ON;
      case "off" -> Thinking.OFF;
      default -> throw bad("thinking is '%s'; give on or off".formatted(value));
    };
  }

  private static PromptTruncation truncation(String value) {
    try {
      return PromptTruncation.valueOf(value.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw bad("truncate is '%s'; give error, left or right".formatted(value));
    }
  }

  private static Map.Entry<String, BiConsumer<SamplingParameters.Builder, String>> option(
      String name, BiConsumer<SamplingParameters.Builder, String> setter) {
    return Map.entry(name, setter);
  }

  private static EngineException bad(String message) {
    return new EngineException(ErrorCode.BAD_OPTION, message);
  }
}
