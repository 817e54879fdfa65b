package io.reckon.jobs.cli;

import io.reckon.engine.api.PromptTruncation;
import io.reckon.engine.api.SamplingParameters;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say how tokens are chosen, how often, and what is kept of them. */
final class SamplingArguments {
  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      defaultValue = "1024",
      description = "Most tokens of a generation, reasoning included (default: ${DEFAULT-VALUE}).")
  private int maxNewTokens;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "0",
      description = "0 takes the likeliest token (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "1",
      description = "Keep the likeliest tokens that reach this (default: ${DEFAULT-VALUE}).")
  private double topP;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Equal seeds repeat equal draws (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "0",
      description = "Keep the K likeliest tokens; 0 for all (default: ${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = "--min-p",
      paramLabel = "P",
      defaultValue = "0",
      description =
          "Drop tokens with less than this share of the likeliest one's probability (default:"
              + " ${DEFAULT-VALUE}).")
  private double minP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "F",
      defaultValue = "1",
      description =
          "Above 1 disfavours tokens of the prompt and the output (default: ${DEFAULT-VALUE}).")
  private double repetitionPenalty;

  @Option(
      names = "--presence-penalty",
      paramLabel = "X",
      defaultValue = "0",
      description = "Above 0 disfavours tokens of the output (default: ${DEFAULT-VALUE}).")
  private double presencePenalty;

  @Option(
      names = "--frequency-penalty",
      paramLabel = "X",
      defaultValue = "0",
      description = "The same for each time that they stand in it (default: ${DEFAULT-VALUE}).")
  private double frequencyPenalty;

  @Option(
      names = "--logit-bias",
      paramLabel = "ID=X",
      split = ",",
      description = "Added to the logits of tokens: 7=-100,12=1.5. -100 rules a token out.")
  private Map<Integer, Double> logitBias;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "Ends the answer where it comes to hold this text. May be given again.")
  private List<String> stopStrings;

  @Option(
      names = "--stop-token",
      paramLabel = "ID",
      description = "Ends the output, as the model's end token does. May be given again.")
  private Set<Integer> stopTokens;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "1",
      description = "Answer every prompt N times, each with draws of its own (default: 1).")
  private int samples;

  @Option(
      names = "--vote",
      description = "Add to each prompt's samples the answer that most of them give.")
  private boolean vote;

  @Option(
      names = "--logprobs",
      paramLabel = "K",
      description =
          "Keep every token's id and log-probability, and the K likeliest tokens at its place; K"
              + " may be 0.")
  private Integer logprobs;

  @Option(
      names = "--truncate",
      paramLabel = "error|left|right",
      defaultValue = "ERROR",
      description =
          "What becomes of a prompt that is longer than the context: a row with an error, or its"
              + " longest user message is cut at that end (default: error).")
  private PromptTruncation truncation;

  @Mixin private AnswerArguments answer = new AnswerArguments();

  int samples() {
    return samples;
  }

  boolean vote() {
    return vote;
  }

  /**
   * @throws io.reckon.engine.api.EngineException where a value is outside its range
   */
  SamplingParameters parameters() {
    return SamplingParameters.builder()
        .temperature(temperature)
        .topK(topK)
        .topP(topP)
        .minP(minP)
        .repetitionPenalty(repetitionPenalty)
        .presencePenalty(presencePenalty)
        .frequencyPenalty(frequencyPenalty)
        .logitBias(Optional.ofNullable(logitBias).orElse(Map.of()))
        .stopStrings(Optional.ofNullable(stopStrings).orElse(List.of()))
        .stopTokens(Optional.ofNullable(stopTokens).orElse(Set.of()))
        .seed(seed)
        .maxNewTokens(maxNewTokens)
        .listTokens(logprobs != null)
        .topLogprobs(logprobs == null ? 0 : logprobs)
        .truncation(truncation)
        .constraint(answer.constraint())
        .thinking(answer.thinking())
        .build();
  }
}
