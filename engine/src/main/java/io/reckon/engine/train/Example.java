package io.reckon.engine.train;

/**
 * One problem as tokens.
 *
 * @param label what it counts under in an evaluation
 * @param tokens the rendered prompt, then the completion with its end-of-turn token
 * @param promptTokens how many of them are the prompt, which is not learnt
 */
record Example(String label, int[] tokens, int promptTokens) {
  int length() {
    return tokens.length;
  }
}
