package io.reckon.engine;

import io.reckon.engine.api.FinishReason;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.sample.ChosenToken;
import io.reckon.engine.schedule.Sequence;
import io.reckon.engine.text.GeneratedText;
import io.reckon.engine.text.ReasonedText;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.stream.DoubleStream;

/** A request in flight. All but its future belongs to the engine's thread. */
final class ActiveRequest {
  private final Sequence sequence;
  private final SamplingParameters sampling;
  private final GeneratedText text;
  private final int promptTokens;
  private final int mostNewTokens;
  private final CompletableFuture<Generation> result = new CompletableFuture<>();

  /** One for each generated token, the end-of-turn token included. */
  private double[] logprobs = new double[64];

  private int generated;

  /**
   * A request of which nothing is computed.
   *
   * @param sequence holds the prompt
   * @param text of the generation to come
   * @param mostNewTokens what the request and the context both allow, at least 1
   */
  ActiveRequest(
      Sequence sequence, SamplingParameters sampling, GeneratedText text, int mostNewTokens) {
    this.sequence = sequence;
    this.sampling = sampling;
    this.text = text;
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

  /** Adds a token to the sequence and the text; whether the request goes on after it. */
  boolean append(ChosenToken chosen) {
    count(chosen);
    text.append(chosen.token());
    sequence.append(chosen.token());
    return generated < mostNewTokens;
  }

  /** What was generated where the limit ends it; call once. */
  Generation endByLength() {
    return end(FinishReason.LENGTH, generated);
  }

  /** What was generated before {@code endOfTurn}, which is no part of the text; call once. */
  Generation endByStop(ChosenToken endOfTurn) {
    count(endOfTurn);
    return end(FinishReason.STOP, generated - 1);
  }

  private void count(ChosenToken chosen) {
    if (generated == logprobs.length) {
      logprobs = Arrays.copyOf(logprobs, 2 * generated);
    }
    logprobs[generated++] = chosen.logprob();
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
        answerLogprob);
  }
}
