package io.reckon.engine.sample;

import io.reckon.engine.api.GeneratedToken;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.api.TokenLogprob;
import io.reckon.engine.constraint.TokenMask;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Chooses one request's tokens as {@link SamplingParameters} says. The engine's thread only.
 *
 * <p>The likeliest {@value #CANDIDATES} tokens decide nearly every draw; where they don't, and
 * where bias or penalties change the order, all logits are copied from the device and looked at
 * here.
 */
public final class Sampler {
  private static final int CANDIDATES = 64;

  /** Beyond this many, sorting all tokens is faster than selecting. */
  private static final int MOST_SELECTED = 1024;

  private final SamplingParameters sampling;
  private final Truncation truncation;
  private final LogitAdjustment adjustment;

  /**
   * A sampler that has chosen nothing yet.
   *
   * @param prompt ids of the prompt's tokens
   */
  public Sampler(SamplingParameters sampling, int[] prompt) {
    this.sampling = sampling;
    this.truncation = Truncation.of(sampling);
    this.adjustment = new LogitAdjustment(sampling, prompt);
  }

  /** How many candidates a request should come with. */
  public static int candidates(SamplingParameters sampling) {
    return sampling.greedy() && sampling.topLogprobs() == 0 ? 0 : CANDIDATES;
  }

  /**
   * Chooses the next token; it counts once {@link #count} is told.
   *
   * @param position of the token in its sequence; with the seed it decides the draw
   */
  public GeneratedToken choose(TokenScores scores, long position) {
    TokenLogprob chosen =
        adjustment.isNone() ? plain(scores, position) : adjusted(scores, position);
    return new GeneratedToken(chosen, likeliest(scores));
  }

  /**
   * Chooses the next token of those that a constraint allows. Bias and penalties come before, all
   * cuts after it.
   *
   * @param allowed one token at least
   */
  public GeneratedToken choose(TokenScores scores, long position, TokenMask allowed) {
    TokenLogprob chosen =
        firstAllowed(scores, allowed).orElseGet(() -> fromAll(scores, position, allowed));
    return new GeneratedToken(chosen, likeliest(scores));
  }

  /** Counts a token that came into the output, chosen or forced. */
  public void count(int token) {
    adjustment.count(token);
  }

  /** The likeliest token that is allowed, where that is the choice and can be told at once. */
  private Optional<TokenLogprob> firstAllowed(TokenScores scores, TokenMask allowed) {
    if (!sampling.greedy() || !adjustment.isNone()) {
      return Optional.empty();
    }
    if (allowed.allows(scores.bestToken())) {
      return Optional.of(scores.logprob(scores.bestToken(), scores.bestLogit()));
    }
    RankedTokens ranked = scores.candidates();
    for (int rank = 0; rank < ranked.size(); rank++) {
      if (allowed.allows(ranked.tokens()[rank])) {
        return Optional.of(scores.logprob(ranked.tokens()[rank], ranked.logits()[rank]));
      }
    }
    return Optional.empty();
  }

  private TokenLogprob fromAll(TokenScores scores, long position, TokenMask allowed) {
    float[] own = scores.all().get();
    float[] adjusted = own;
    if (!adjustment.isNone()) {
      adjusted = own.clone();
      adjustment.adjust(adjusted);
    }
    int[] tokens = allowed.tokens();
    float[] logits = new float[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      logits[i] = adjusted[tokens[i]];
    }
    int place = sampling.greedy() ? likeliest(logits) : draw(logits, mass(logits), position);
    return scores.logprob(tokens[place], own[tokens[place]]);
  }

  private TokenLogprob plain(TokenScores scores, long position) {
    if (sampling.greedy()) {
      return scores.logprob(scores.bestToken(), scores.bestLogit());
    }
    RankedTokens ranked = scores.candidates();
    double mass = Math.exp(scores.temperedLogMass());
    OptionalInt rank = draw(ranked, false, mass, position);
    if (rank.isPresent()) {
      int chosen = rank.getAsInt();
      return scores.logprob(ranked.tokens()[chosen], ranked.logits()[chosen]);
    }
    float[] logits = scores.all().get();
    int token = draw(logits, mass, position);
    return scores.logprob(token, logits[token]);
  }

  private TokenLogprob adjusted(TokenScores scores, long position) {
    float[] own = scores.all().get();
    float[] adjusted = own.clone();
    adjustment.adjust(adjusted);
    int token = sampling.greedy() ? likeliest(adjusted) : draw(adjusted, mass(adjusted), position);
    return scores.logprob(token, own[token]);
  }

  private static int likeliest(float[] logits) {
    return RankedTokens.largest(logits, 1).tokens()[0];
  }

  /** Ranks some tokens, and more until they decide. */
  private int draw(float[] logits, double mass, long position) {
    for (int count = CANDIDATES; ; count *= 16) {
      RankedTokens ranked =
          count > MOST_SELECTED ? RankedTokens.ofAll(logits) : RankedTokens.largest(logits, count);
      OptionalInt rank = draw(ranked, ranked.size() == logits.length, mass, position);
      if (rank.isPresent()) {
        return ranked.tokens()[rank.getAsInt()];
      }
    }
  }

  private OptionalInt draw(RankedTokens ranked, boolean complete, double mass, long position) {
    double draw = RandomStream.uniform(sampling.seed(), position);
    return truncation.draw(ranked, complete, mass, draw);
  }

  /** The sum of all tokens' weights, where it matters. */
  private double mass(float[] logits) {
    if (!truncation.needsMass()) {
      return Double.NaN;
    }
    float best = logits[likeliest(logits)];
    double mass = 0;
    for (float logit : logits) {
      mass += truncation.weight(logit, best);
    }
    return mass;
  }

  private List<TokenLogprob> likeliest(TokenScores scores) {
    RankedTokens ranked = scores.candidates();
    int count = Math.min(sampling.topLogprobs(), ranked.size());
    if (count == 0) {
      return List.of();
    }
    return IntStream.range(0, count)
        .mapToObj(rank -> scores.logprob(ranked.tokens()[rank], ranked.logits()[rank]))
        .toList();
  }
}
