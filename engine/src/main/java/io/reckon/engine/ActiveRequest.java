package io.reckon.engine;

import io.reckon.engine.api.FinishReason;
import io.reckon.engine.api.GeneratedToken;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.api.TokenLogprob;
import io.reckon.engine.constraint.ConstraintRun;
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
  private final Guidance guidance;
  private final Set<Integer> turnEnds;
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
   * @param guidance what the request asks of that text
   * @param turnEnds ids with which the model ends its turn; they and the stop tokens are no part of
   *     the text
   * @param mostNewTokens what the request and the context both allow, at least 1
   */
  ActiveRequest(
      Sequence sequence,
      SamplingParameters sampling,
      Sampler sampler,
      GeneratedText text,
      Guidance guidance,
      Set<Integer> turnEnds,
      int mostNewTokens) {
    this.sequence = sequence;
    this.sampling = sampling;
    this.sampler = sampler;
    this.text = text;
    this.guidance = guidance;
    this.turnEnds = turnEnds;
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

  /** Adds what must come before any choice; gives the generation where that is all of it. */
  Optional<Generation> begin() {
    guidance.begin();
    return addForced();
  }

  /** Chooses the next token; gives what was generated, where that ends the request. */
  Optional<Generation> extend(TokenScores scores) {
    GeneratedToken chosen = choose(scores);
    boolean turnEnds = this.turnEnds.contains(chosen.token());
    boolean stops = sampling.stopTokens().contains(chosen.token());
    if (stops || (turnEnds && guidance.turnEnded())) {
      return Optional.of(stop(chosen));
    }
    if (!turnEnds) {
      add(chosen);
    }
    return ended().or(this::addForced);
  }

  private GeneratedToken choose(TokenScores scores) {
    int position = sequence.length();
    return guidance
        .allowed(generated)
        .map(allowed -> sampler.choose(scores, position, allowed))
        .orElseGet(() -> sampler.choose(scores, position));
  }

  /** Adds tokens while there is no choice; the next step computes all of them. */
  private Optional<Generation> addForced() {
    int[] forced = guidance.forced(generated);
    while (forced.length > 0) {
      for (int token : forced) {
        GeneratedToken unscored = new GeneratedToken(new TokenLogprob(token, 0), List.of());
        if (sampling.stopTokens().contains(token)) {
          return Optional.of(stop(unscored));
        }
        add(unscored);
        Optional<Generation> ended = ended();
        if (ended.isPresent()) {
          return ended;
        }
      }
      forced = guidance.forced(generated);
    }
    return Optional.empty();
  }

  /** Ends with a token that is no part of the text. */
  private Generation stop(GeneratedToken token) {
    note(token);
    return end(FinishReason.STOP, generated - 1);
  }

  private void add(GeneratedToken token) {
    note(token);
    sampler.count(token.token());
    text.append(token.token());
    sequence.append(token.token());
    guidance.added(token.token());
  }

  private Optional<Generation> ended() {
    if (text.stopped() || guidance.isDone()) {
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
    ReasonedText parts = parts();
    double answerLogprob =
        parts.truncated()
            ? 0
            : DoubleStream.of(logprobs).limit(generated).skip(parts.reasoningTokens()).sum();
    return new Generation(
        parts.answer(),
        guidance
            .answer()
            .filter(answer -> answer.mayEnd() && !text.stopped())
            .map(ConstraintRun::parsed),
        parts.reasoning(),
        parts.truncated(),
        reason == FinishReason.STOP && guidance.thinkingCut()
            ? FinishReason.THINKING_BUDGET
            : reason,
        promptTokens,
        Math.min(promptTokens, sequence.cached()),
        parts.reasoningTokens(),
        textTokens - parts.reasoningTokens(),
        answerLogprob,
        listed);
  }

  /** Under a constraint, answers may hold what looks like the end of reasoning. */
  private ReasonedText parts() {
    ReasonedText parts = text.finish();
    if (guidance.answer().isEmpty()) {
      return parts;
    }
    String written = guidance.answer().get().text();
    String answer = text.stopped() ? text.cut(written) : written;
    return guidance.reasons()
        ? new ReasonedText(parts.reasoning(), answer, false, parts.reasoningTokens())
        : new ReasonedText("", answer, false, 0);
  }
}
