package io.reckon.engine.sample;

import io.reckon.engine.api.SamplingParameters;
import java.util.OptionalInt;

/** Chooses the next token: the likeliest, or a draw from the tempered distribution's nucleus. */
public final class Sampler {
  /** How many candidates a request that isn't greedy should come with; most draws need no more. */
  public static final int CANDIDATES = 64;

  private Sampler() {}

  /**
   * Chooses a token.
   *
   * @param position of the token in its sequence; with the seed it decides the draw
   */
  public static ChosenToken choose(TokenScores scores, SamplingParameters sampling, long position) {
    if (sampling.greedy()) {
      return new ChosenToken(scores.bestToken(), scores.bestLogit() - scores.logSum());
    }
    Nucleus nucleus =
        new Nucleus(scores.temperedLogSum(), 1 / sampling.temperature(), sampling.topP());
    double draw = RandomStream.uniform(sampling.seed(), position);
    RankedTokens ranked = scores.candidates();
    OptionalInt rank = nucleus.draw(ranked, draw, false);
    if (rank.isEmpty()) {
      ranked = RankedTokens.ofAll(scores.all().get());
      rank = OptionalInt.of(nucleus.draw(ranked, draw, true).orElse(ranked.size() - 1));
    }
    int chosen = rank.getAsInt();
    return new ChosenToken(ranked.tokens()[chosen], ranked.logits()[chosen] - scores.logSum());
  }

  /**
   * The smallest set of likeliest tokens whose probability reaches {@code topP}.
   *
   * @param logSum of the tempered logits of all tokens
   */
  private record Nucleus(double logSum, double inverseTemperature, double topP) {
    /**
     * The rank that {@code draw} in [0, 1) falls on; empty where more tokens must be known.
     *
     * @param complete whether {@code ranked} holds every token
     */
    OptionalInt draw(RankedTokens ranked, double draw, boolean complete) {
      double target = draw * mass(ranked, complete);
      double cumulative = 0;
      for (int rank = 0; rank < ranked.size(); rank++) {
        cumulative += probability(ranked.logits()[rank]);
        if (cumulative > target) {
          return OptionalInt.of(rank);
        }
      }
      return OptionalInt.empty();
    }

    /** The set's probability; not a number, which no draw falls below, where it isn't known. */
    private double mass(RankedTokens ranked, boolean complete) {
      if (topP == 1) {
        return 1;
      }
      double cumulative = 0;
      for (float logit : ranked.logits()) {
        cumulative += probability(logit);
        if (cumulative >= topP) {
          return cumulative;
        }
      }
      return complete ? cumulative : Double.NaN;
    }

    private double probability(float logit) {
      return Math.exp(logit * inverseTemperature - logSum);
    }
  }
}
