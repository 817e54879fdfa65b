package io.reckon.engine.api;

/**
 * A token of the vocabulary, and how likely the model finds it.
 *
 * @param logprob natural log of its probability under the model's own distribution (temperature 1,
 *     no bias, no penalties, nothing cut off)
 */
public record TokenLogprob(int token, double logprob) {}
