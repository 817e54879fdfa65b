package io.reckon.engine.api;

import java.util.List;

/**
 * A token of an output.
 *
 * @param likeliest the likeliest tokens at its place, falling; as many as were asked for
 */
public record GeneratedToken(TokenLogprob chosen, List<TokenLogprob> likeliest) {
  public GeneratedToken {
    likeliest = List.copyOf(likeliest);
  }

  public int token() {
    return chosen.token();
  }

  public double logprob() {
    return chosen.logprob();
  }
}
