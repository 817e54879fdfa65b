package io.reckon.engine.sample;

import io.reckon.engine.api.TokenLogprob;
import java.util.function.Supplier;

/**
 * The model's scores of the next token.
 *
 * @param bestToken the likeliest
 * @param bestLogit its logit
 * @param logSum log of the sum of the exponentials of all logits
 * @param temperedLogMass log of the sum of all tokens' probabilities over the likeliest one's, at
 *     the request's temperature
 * @param candidates the likeliest tokens, as many as {@link Sampler#candidates} asks for or more
 * @param all the logits of every token, copied when asked for
 */
public record TokenScores(
    int bestToken,
    double bestLogit,
    double logSum,
    double temperedLogMass,
    RankedTokens candidates,
    Supplier<float[]> all) {
  TokenLogprob logprob(int token, double logit) {
    return new TokenLogprob(token, logit - logSum);
  }
}
