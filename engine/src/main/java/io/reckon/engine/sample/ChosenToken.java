package io.reckon.engine.sample;

/**
 * A sampled token.
 *
 * @param logprob natural log of its probability under the model's own distribution (temperature 1)
 */
public record ChosenToken(int token, double logprob) {}
