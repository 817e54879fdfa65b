package io.reckon.engine.schedule;

/**
 * What the rows of a step cost, of which each computes one token.
 *
 * @param fixedRows how many rows without context take as long as what a step takes beside its rows
 * @param contextTokens how many tokens of context cost a row as much as all else does
 */
public record StepCost(double fixedRows, double contextTokens) {
  /**
   * How likely a further token of a sequence must be to be worth its row: the row's cost, over the
   * step's for each of its sequences.
   *
   * @param decodes how many sequences decode, each about as long as this one
   */
  double worth(int decodes, int length) {
    double rows = decodes * (1 + length / contextTokens);
    return rows / (rows + fixedRows);
  }
}
