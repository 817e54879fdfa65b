package io.reckon.engine;

import io.reckon.engine.api.FinishReason;
import io.reckon.engine.api.GeneratedToken;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.sample.Sampler;
import io.reckon.engine.sample.TokenScores;
import io.reckon.engine.schedule.Sequence;
import io.reckon.engine.text.GeneratedText;
import io.reckon.engine.text.ReasonedText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.DoubleStream;

/** A request in flight. All but its future belongs to the engine's thread. */
final class ActiveRequest {
  private final Sequence sequence;
  private final SamplingParameters sampling;
  private final Sampler sampler;
  private final GeneratedText text;
  private final Set<Integer> endTokens;
  private final int promptTokens;
  private final int mostNewTokens;
  private final CompletableFuture<Generation> result = new CompletableFuture<>();

  /** One for each generated token, the one that ends the request included. */
  private double[] logprobs = new double[64];

  private int generated;

  /** The same tokens as they were chosen; none where nobody asked. */
  private final List<GeneratedToken> listed = new ArrayList<>();

  /**
   * A request of which nothing is computed.
   *
   * @param sequence holds the prompt
   * @param sampler chooses this request's tokens
   * @param text of the generation to come
   * @param endTokens ids that end it and are no part of its text
   * @param mostNewTokens what the request and the context both allow, at least 1
   */
  ActiveRequest(
      Sequence sequence,
      SamplingParameters sampling,
      Sampler sampler,
      GeneratedText text,
      Set<Integer> endTokens,
      int mostNewTokens) {
    this.sequence = sequence;
    this.sampling = sampling;
    this.sampler = sampler;
    this.text = text;
    this.endTokens = endTokens;
    this.promptTokens = sequence.length();
    this.mostNewTokens = mostNewTokens;
  }

  Sequence sequence() {
    return sequence;
  }

  SamplingParameters sampling() {
    return sampling;
  }

  CompletableFuture<Generation> result() {
    return result;
  }

  /** Chooses the next token; gives what was generated, where that ends the request. */
  Optional<Generation> extend(TokenScores scores) {
    GeneratedToken chosen = sampler.choose(scores, sequence.length());
    note(chosen);
    if (endTokens.contains(chosen.token())) {
      return Optional.of(end(FinishReason.STOP, generated - 1));
    }
    text.append(chosen.token());
    sequence.append(chosen.token());
    if (text.stopped()) {
      return Optional.of(end(FinishReason.STOP, generated));
    }
    return generated < mostNewTokens
        ? Optional.empty()
        : Optional.of(end(FinishReason.LENGTH, generated));
  }

  private void note(GeneratedToken chosen) {
    if (generated == logprobs.length) {
      logprobs = Arrays.copyOf(logprobs, 2 * generated);
    }
    logprobs[generated++] = chosen.logprob();
    if (sampling.listTokens()) {
      listed.add(chosen);
    }
  }

  private Generation end(FinishReason reason, int textTokens) {
    ReasonedText parts = text.finish();
    double answerLogprob =
        parts.truncated()
            ? 0
            : DoubleStream.of(logprobs).limit(generated).skip(parts.reasoningTokens()).sum();
    return new Generation(
        parts.answer(),
        parts.reasoning(),
        parts.truncated(),
        reason,
        promptTokens,
        Math.min(promptTokens, sequence.cached()),
        parts.reasoningTokens(),
        textTokens - parts.reasoningTokens(),
        answerLogprob,
        listed);
  }
}
