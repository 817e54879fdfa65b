package io.reckon.engine;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.api.Thinking;
import io.reckon.engine.constraint.Constraint;
import io.reckon.engine.constraint.ConstraintRun;
import io.reckon.engine.constraint.TokenMask;
import io.reckon.engine.text.GeneratedText;
import java.util.Optional;

/**
 * What a request's constraint and its thinking budget ask of the next token. A constraint holds
 * from the end of the reasoning on, and reasoning is closed early enough for the shortest answer.
 * The engine's thread only.
 */
final class Guidance {
  private static final int[] NO_TOKENS = {};

  private final GeneratedText text;
  private final Optional<Constraint> constraint;
  private final int[] closeOfThinking;
  private final int mostThinking;
  private final int mostNewTokens;
  private final boolean reasons;

  /** Null until the answer begins, and where there is no constraint. */
  private ConstraintRun run;

  private boolean endWanted;
  private boolean closed;
  private boolean thinkingCut;

  /**
   * @param text of the generation, empty so far
   * @param closeOfThinking tokens that close the reasoning
   * @param mostNewTokens what may be generated
   * @throws EngineException {@code NO_ROOM_FOR_ANSWER} where that is too little for the constraint
   */
  Guidance(
      SamplingParameters sampling,
      GeneratedText text,
      Optional<Constraint> constraint,
      int[] closeOfThinking,
      int mostNewTokens) {
    this.text = text;
    this.constraint = constraint;
    this.closeOfThinking = closeOfThinking;
    this.mostThinking =
        sampling.thinking() instanceof Thinking.Limited limited
            ? limited.tokens()
            : Integer.MAX_VALUE;
    this.mostNewTokens = mostNewTokens;
    this.reasons = text.thinking();
    constraint.ifPresent(this::requireRoom);
  }

  private void requireRoom(Constraint answer) {
    int needed = answer.shortestAnswer() + (reasons ? closeOfThinking.length + 1 : 0);
    if (mostNewTokens < needed) {
      throw new EngineException(
          ErrorCode.NO_ROOM_FOR_ANSWER,
          "%d tokens may be generated where the shortest answer under the constraint can take %d; give a larger max-new-tokens, or a shorter prompt"
              .formatted(mostNewTokens, needed));
    }
  }

  /** Begins the answer, where its turn has come. */
  void begin() {
    if (run == null && constraint.isPresent() && !text.thinking()) {
      run = constraint.get().begin(reasons);
    }
  }

  /** The tokens that may come next; empty where any may. */
  Optional<TokenMask> allowed(int generated) {
    return run == null ? Optional.empty() : Optional.of(run.mask(mostNewTokens - generated));
  }

  /** Takes in a token that was added to the text. */
  void added(int token) {
    if (run != null) {
      run.append(token);
    } else {
      begin();
    }
  }

  /**
   * Takes in that the model ends its turn. Gives whether that ends the request: where an answer
   * must follow, the reasoning is closed instead, once.
   */
  boolean turnEnded() {
    endWanted = run == null && constraint.isPresent() && !closed;
    return !endWanted;
  }

  /** The tokens that must come next; none where the model has a choice. */
  int[] forced(int generated) {
    if (run != null) {
      return run.forced();
    }
    if (closed || !text.thinking()) {
      return NO_TOKENS;
    }
    int reserve = constraint.map(c -> c.shortestAnswer() + closeOfThinking.length).orElse(0);
    boolean spent = generated >= mostThinking || mostNewTokens - generated <= reserve;
    thinkingCut |= spent;
    closed = spent || endWanted;
    return closed ? closeOfThinking : NO_TOKENS;
  }

  /** Whether nothing can follow the answer. */
  boolean isDone() {
    return run != null && run.isDone();
  }

  /** Whether the reasoning was closed because its budget was spent. */
  boolean thinkingCut() {
    return thinkingCut;
  }

  /** Whether the text begins with reasoning, where a constraint holds. */
  boolean reasons() {
    return reasons;
  }

  /** The answer that was held to the constraint; empty where none was. */
  Optional<ConstraintRun> answer() {
    return Optional.ofNullable(run);
  }
}
