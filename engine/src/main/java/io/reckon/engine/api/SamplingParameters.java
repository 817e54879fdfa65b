package io.reckon.engine.api;

import java.io.Serializable;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How tokens are chosen, and when a generation ends. Each step goes the way of vLLM's sampler: to
 * the model's logits {@code logitBias} is added; penalties follow, repetition, then frequency and
 * presence; the result is divided by the temperature; {@code minP}, {@code topK} and {@code topP}
 * cut in that order, each what the one before it left; what is left is drawn from.
 *
 * @param temperature below 0.00001 takes the likeliest token (greedy), after bias and penalties;
 *     from there on divides the logits
 * @param topK only so many of the likeliest tokens are kept, the lower ids among equals; 0 for all
 * @param topP the smallest set of tokens whose probability reaches this is kept, in (0, 1]
 * @param minP tokens with less than this share of the likeliest one's probability are dropped, in
 *     [0, 1]
 * @param repetitionPenalty logits of tokens that stand in the prompt or the output are divided by
 *     this where positive, else multiplied; 1 for none
 * @param presencePenalty taken from the logits of tokens that stand in the output
 * @param frequencyPenalty taken from them once for each time they stand there
 * @param logitBias added to the logits of some tokens, by id
 * @param stopStrings end the generation where the answer comes to hold one; it is cut off with all
 *     after it. Reasoning is not searched
 * @param stopTokens ids that end the generation wherever they come, like the model's own end token
 * @param seed of this request's own random stream; with equal seeds a request repeats
 * @param maxNewTokens upper limit of generated tokens, reasoning included
 * @param listTokens whether {@link Generation#tokens} is filled
 * @param topLogprobs how many of the likeliest tokens are listed with each of them
 * @param truncation what becomes of a prompt that is longer than the context
 * @param constraint what the answer must look like; one that constrains ends it too, and where a
 *     stop string or token ends it before, it is not whole
 * @param thinking how long the model may reason before it answers
 */
public record SamplingParameters(
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    double presencePenalty,
    double frequencyPenalty,
    Map<Integer, Double> logitBias,
    List<String> stopStrings,
    Set<Integer> stopTokens,
    long seed,
    int maxNewTokens,
    boolean listTokens,
    int topLogprobs,
    PromptTruncation truncation,
    OutputConstraint constraint,
    Thinking thinking)
    implements Serializable {
  /** Dividing by less would leave the range of floats. */
  private static final double LEAST_TEMPERATURE = 1e-5;

  private static final double MOST_BIAS = 100;
  private static final int MOST_TOP_LOGPROBS = 20;

  public static final SamplingParameters GREEDY = new Builder().build();

  public SamplingParameters {
    require(
        temperature >= 0 && temperature <= 100,
        "temperature",
        temperature,
        "a number from 0 (greedy) to 100");
    require(topK >= 0, "top-k", topK, "1 or more, or 0 for all tokens");
    require(topP > 0 && topP <= 1, "top-p", topP, "a number above 0 and up to 1");
    require(minP >= 0 && minP <= 1, "min-p", minP, "a number from 0 to 1");
    require(
        repetitionPenalty >= 0.01 && repetitionPenalty <= 100,
        "repetition-penalty",
        repetitionPenalty,
        "a number from 0.01 to 100; 1 is none");
    requirePenalty("presence-penalty", presencePenalty);
    requirePenalty("frequency-penalty", frequencyPenalty);
    logitBias = Collections.unmodifiableMap(new TreeMap<>(logitBias));
    logitBias.forEach(SamplingParameters::requireBias);
    stopStrings = List.copyOf(stopStrings);
    stopStrings.forEach(text -> require(!text.isEmpty(), "stop", "empty", "some text"));
    stopTokens = Collections.unmodifiableSet(new TreeSet<>(stopTokens));
    stopTokens.forEach(id -> require(id >= 0, "stop-token", id, "an id, 0 or more"));
    require(maxNewTokens >= 1, "max-new-tokens", maxNewTokens, "1 or more");
    require(
        topLogprobs >= 0 && topLogprobs <= MOST_TOP_LOGPROBS,
        "logprobs",
        topLogprobs,
        "a number from 0 to " + MOST_TOP_LOGPROBS);
    Objects.requireNonNull(truncation, "truncation");
    Objects.requireNonNull(thinking, "thinking");
  }

  private static void requirePenalty(String name, double value) {
    require(value >= -2 && value <= 2, name, value, "a number from -2 to 2; 0 is none");
  }

  private static void requireBias(int id, double bias) {
    require(id >= 0, "a token of logit-bias", id, "an id, 0 or more");
    require(
        bias >= -MOST_BIAS && bias <= MOST_BIAS,
        "the logit-bias of token " + id,
        bias,
        "a number from -100 to 100");
  }

  private static void require(boolean holds, String name, Object value, String allowed) {
    if (!holds) {
      throw new EngineException(
          ErrorCode.BAD_OPTION, "%s is %s; give %s".formatted(name, value, allowed));
    }
  }

  /**
   * Checks the ids against a model.
   *
   * @throws EngineException {@code BAD_OPTION} for one that the model does not have
   */
  public void requireTokensOf(ModelDescription model) {
    requireTokens("stop-token", stopTokens, model);
    requireTokens("a token of logit-bias", logitBias.keySet(), model);
  }

  private static void requireTokens(String name, Collection<Integer> ids, ModelDescription model) {
    for (int id : ids) {
      require(
          id < model.vocabularySize(),
          name,
          id,
          "an id below the model's vocabulary size of " + model.vocabularySize());
    }
  }

  /** Whether the likeliest token is taken, and none is drawn. */
  public boolean greedy() {
    return temperature < LEAST_TEMPERATURE;
  }

  public SamplingParameters withSeed(long newSeed) {
    return toBuilder().seed(newSeed).build();
  }

  public SamplingParameters withMaxNewTokens(int limit) {
    return toBuilder().maxNewTokens(limit).build();
  }

  /** Starts from greedy sampling without any limit but that of length. */
  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder()
        .temperature(temperature)
        .topK(topK)
        .topP(topP)
        .minP(minP)
        .repetitionPenalty(repetitionPenalty)
        .presencePenalty(presencePenalty)
        .frequencyPenalty(frequencyPenalty)
        .logitBias(logitBias)
        .stopStrings(stopStrings)
        .stopTokens(stopTokens)
        .seed(seed)
        .maxNewTokens(maxNewTokens)
        .listTokens(listTokens)
        .topLogprobs(topLogprobs)
        .truncation(truncation)
        .constraint(constraint)
        .thinking(thinking);
  }

  /** Collects parameters; {@link #build} checks them. */
  public static final class Builder {
    private double temperature;
    private int topK;
    private double topP = 1;
    private double minP;
    private double repetitionPenalty = 1;
    private double presencePenalty;
    private double frequencyPenalty;
    private Map<Integer, Double> logitBias = Map.of();
    private List<String> stopStrings = List.of();
    private Set<Integer> stopTokens = Set.of();
    private long seed;
    private int maxNewTokens = 1024;
    private boolean listTokens;
    private int topLogprobs;
    private PromptTruncation truncation = PromptTruncation.ERROR;
    private OutputConstraint constraint = OutputConstraint.none();
    private Thinking thinking = Thinking.FREE;

    private Builder() {}

    public Builder temperature(double value) {
      temperature = value;
      return this;
    }

    public Builder topK(int value) {
      topK = value;
      return this;
    }

    public Builder topP(double value) {
      topP = value;
      return this;
    }

    public Builder minP(double value) {
      minP = value;
      return this;
    }

    public Builder repetitionPenalty(double value) {
      repetitionPenalty = value;
      return this;
    }

    public Builder presencePenalty(double value) {
      presencePenalty = value;
      return this;
    }

    public Builder frequencyPenalty(double value) {
      frequencyPenalty = value;
      return this;
    }

    public Builder logitBias(Map<Integer, Double> value) {
      logitBias = value;
      return this;
    }

    public Builder stopStrings(List<String> value) {
      stopStrings = value;
      return this;
    }

    public Builder stopTokens(Set<Integer> value) {
      stopTokens = value;
      return this;
    }

    public Builder seed(long value) {
      seed = value;
      return this;
    }

    public Builder maxNewTokens(int value) {
      maxNewTokens = value;
      return this;
    }

    public Builder listTokens(boolean value) {
      listTokens = value;
      return this;
    }

    public Builder topLogprobs(int value) {
      topLogprobs = value;
      return this;
    }

    public Builder truncation(PromptTruncation value) {
      truncation = value;
      return this;
    }

    public Builder constraint(OutputConstraint value) {
      constraint = value;
      return this;
    }

    public Builder thinking(Thinking value) {
      thinking = value;
      return this;
    }

    /**
     * @throws EngineException {@code BAD_OPTION} where a value is outside its range
     */
    public SamplingParameters build() {
      return new SamplingParameters(
          temperature,
          topK,
          topP,
          minP,
          repetitionPenalty,
          presencePenalty,
          frequencyPenalty,
          logitBias,
          stopStrings,
          stopTokens,
          seed,
          maxNewTokens,
          listTokens,
          topLogprobs,
          truncation,
          constraint,
          thinking);
    }
  }
}
