package io.reckon.engine.api;

import java.util.List;
import java.util.Optional;

/**
 * What the model wrote for one request.
 *
 * @param answer the text after {@code </think>}: trimmed, but as it is where a constraint held it;
 *     empty where the reasoning never ended
 * @param parsed the answer as a JSON value, where a constraint held it: what a schema allows, else
 *     a string; empty without one
 * @param reasoning the text inside {@code <think>}, trimmed
 * @param reasoningTruncated whether the generation ended inside the reasoning
 * @param finishReason why it ended
 * @param promptTokens tokens of the rendered prompt
 * @param cachedTokens those of them whose latents were already in the cache
 * @param reasoningTokens generated tokens up to and with the closing marker
 * @param answerTokens generated tokens after it, the token that ended the turn not counted; those
 *     of a stop string count, though it is no part of the answer
 * @param logprob sum of the natural-log probabilities of the answer's tokens, the one that ended
 *     the turn included, under the model's own distribution (temperature 1, nothing cut off);
 *     tokens to which a constraint left no choice are not scored, and count 0; not a number where
 *     an endpoint did not tell
 * @param tokens every generated token, the one that ended the turn included; none unless {@link
 *     SamplingParameters#listTokens} asked for them
 */
public record Generation(
    String answer,
    Optional<String> parsed,
    String reasoning,
    boolean reasoningTruncated,
    FinishReason finishReason,
    int promptTokens,
    int cachedTokens,
    int reasoningTokens,
    int answerTokens,
    double logprob,
    List<GeneratedToken> tokens) {
  public Generation {
    tokens = List.copyOf(tokens);
  }

  /**
   * How many of the tokens that are listed come before the answer's. Some servers list the
   * reasoning's too, others only the answer's; nobody counts quite alike, so the nearer number
   * tells which.
   */
  public static int listedBeforeAnswer(int listed, int reasoningTokens, int answerTokens) {
    boolean all = 2L * (listed - answerTokens) >= reasoningTokens;
    return all ? Math.min(listed, reasoningTokens) : 0;
  }
}
