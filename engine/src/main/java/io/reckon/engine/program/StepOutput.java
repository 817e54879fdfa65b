package io.reckon.engine.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The scores of a step's sampling rows. Used by the engine's thread; closing frees the logits. */
public final class StepOutput implements AutoCloseable {
  private static final int LEADING_NUMBERS = 3;
  private static final int LEADING_IDS = 1;

  private final NDManager scope;
  private final NDArray logits; // [S, V]
  private final float[] numbers; // [S, 3 + candidates]
  private final long[] ids; // [S, 1 + candidates]
  private final int candidates;
  private final float[] doubt; // [T], NaN for a row whose numbers are not finite

  StepOutput(
      NDManager scope, NDArray logits, float[] numbers, long[] ids, int candidates, float[] doubt) {
    this.scope = scope;
    this.logits = logits;
    this.numbers = numbers;
    this.ids = ids;
    this.candidates = candidates;
    this.doubt = doubt;
  }

  /** Rows of the step, padding among them, whose numbers are not finite; ascending. */
  public int[] damagedRows() {
    return IntStream.range(0, doubt.length).filter(row -> Float.isNaN(doubt[row])).toArray();
  }

  /** The likeliest token, the lowest id among equals. */
  public int bestToken(int row) {
    return (int) ids[row * (LEADING_IDS + candidates)];
  }

  public float bestLogit(int row) {
    return numbers[row * (LEADING_NUMBERS + candidates)];
  }

  /** Log of the sum of the exponentials of the row's logits. */
  public float logSum(int row) {
    return numbers[row * (LEADING_NUMBERS + candidates) + 1];
  }

  /**
   * Log of the sum of all tokens' probabilities over the likeliest one's, at the row's temperature:
   * 0 or more; only where there are candidates.
   */
  public float temperedLogMass(int row) {
    return numbers[row * (LEADING_NUMBERS + candidates) + 2];
  }

  /** The largest logits, descending. */
  public float[] candidateLogits(int row) {
    int from = row * (LEADING_NUMBERS + candidates) + LEADING_NUMBERS;
    return Arrays.copyOfRange(numbers, from, from + candidates);
  }

  /** The tokens of {@link #candidateLogits}. */
  public int[] candidateTokens(int row) {
    int[] tokens = new int[candidates];
    for (int i = 0; i < candidates; i++) {
      tokens[i] = (int) ids[row * (LEADING_IDS + candidates) + LEADING_IDS + i];
    }
    return tokens;
  }

  /** All logits of a row, by token; copies them from the device. */
  public float[] logits(int row) {
    try (NDArray one = logits.get(row)) {
      return one.toFloatArray();
    }
  }

  @Override
  public void close() {
    scope.close();
  }
}
