package io.reckon.engine.sample;

import io.reckon.engine.api.SamplingParameters;
import java.util.OptionalInt;

/**
 * Which of the likeliest tokens may be drawn: min-p, then top-k, then top-p of what those two left.
 * Each keeps some number of the first ranks. Weights are probabilities over the likeliest token's.
 */
record Truncation(double inverseTemperature, double minP, int topK, double topP) {
  /**
   * The first ranks.
   *
   * @param count how many
   * @param mass sum of their weights
   */
  private record Ranks(int count, double mass) {
    static final Ranks UNKNOWN = new Ranks(0, Double.NaN);

    boolean known() {
      return !Double.isNaN(mass);
    }
  }

  static Truncation of(SamplingParameters sampling) {
    return new Truncation(
        1 / sampling.temperature(), sampling.minP(), sampling.topK(), sampling.topP());
  }

  /** Whether the mass of all tokens matters, because neither min-p nor top-k cuts them. */
  boolean needsMass() {
    return minP == 0 && topK == 0;
  }

  /**
   * The rank that {@code draw} in [0, 1) falls on; empty where more tokens must be known. The same
   * for the first tokens as for all of them, wherever those suffice.
   *
   * @param complete whether {@code ranked} holds every token
   * @param mass sum of the weights of all tokens, which may be rounded; read where {@link
   *     #needsMass} and some tokens aren't ranked
   */
  OptionalInt draw(RankedTokens ranked, boolean complete, double mass, double draw) {
    Ranks left = needsMass() && !complete ? all(mass) : cut(ranked, complete);
    Ranks kept = topP == 1 || !left.known() ? left : nucleus(ranked, left, complete);
    double target = draw * kept.mass();
    double cumulative = 0;
    int known = Math.min(kept.count(), ranked.size());
    for (int rank = 0; rank < known; rank++) {
      cumulative += weight(ranked, rank);
      if (cumulative > target) {
        return OptionalInt.of(rank);
      }
    }
    // Where all ranks are here their mass was summed as above, so only one that is NaN is not met.
    return complete ? OptionalInt.of(0) : OptionalInt.empty();
  }

  private static Ranks all(double mass) {
    return new Ranks(Integer.MAX_VALUE, mass);
  }

  /**
   * What min-p and top-k leave; unknown where their end is not among the ranked. Of complete ranks
   * the mass is their own sum, whatever was rounded elsewhere: a draw beyond it would fall on the
   * least likely token of all.
   */
  private Ranks cut(RankedTokens ranked, boolean complete) {
    int most = topK == 0 ? Integer.MAX_VALUE : topK;
    int count = 0;
    double mass = 0;
    while (count < most && count < ranked.size() && weight(ranked, count) >= minP) {
      mass += weight(ranked, count++);
    }
    boolean ended = complete || count < ranked.size() || count == most;
    return ended ? new Ranks(count, mass) : Ranks.UNKNOWN;
  }

  /** The smallest set that reaches top-p of what is left. */
  private Ranks nucleus(RankedTokens ranked, Ranks left, boolean complete) {
    double wanted = topP * left.mass();
    double mass = 0;
    int known = Math.min(left.count(), ranked.size());
    for (int rank = 0; rank < known; rank++) {
      mass += weight(ranked, rank);
      if (mass >= wanted) {
        return new Ranks(rank + 1, mass);
      }
    }
    return complete || left.count() <= ranked.size() ? new Ranks(known, mass) : Ranks.UNKNOWN;
  }

  private double weight(RankedTokens ranked, int rank) {
    return weight(ranked.logits()[rank], ranked.logits()[0]);
  }

  /**
   * The weight of a token.
   *
   * @param best the likeliest token's logit
   */
  double weight(float logit, float best) {
    return Math.exp((logit - best) * inverseTemperature);
  }
}
