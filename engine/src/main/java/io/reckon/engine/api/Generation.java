package io.reckon.engine.api;

/**
 * What the model wrote for one request.
 *
 * @param answer the text after {@code </think>}, trimmed; empty where the reasoning never ended
 * @param reasoning the text inside {@code <think>}, trimmed
 * @param reasoningTruncated whether the generation ended inside the reasoning
 * @param finishReason why it ended
 * @param promptTokens tokens of the rendered prompt
 * @param cachedTokens those of them whose latents were already in the cache
 * @param reasoningTokens generated tokens up to and with the closing marker
 * @param answerTokens generated tokens after it, the end-of-turn token not counted
 * @param logprob sum of the natural-log probabilities of the answer's tokens, the end-of-turn token
 *     included, under the model's own distribution (temperature 1, no top-p)
 */
public record Generation(
    String answer,
    String reasoning,
    boolean reasoningTruncated,
    FinishReason finishReason,
    int promptTokens,
    int cachedTokens,
    int reasoningTokens,
    int answerTokens,
    double logprob) {}
