package io.reckon.engine.schedule;

import io.reckon.engine.schedule.TokenHistory.Guess;
import java.util.Arrays;

/**
 * Drafts what came after the same tokens before, in this request or another. A draft grows while it
 * is likelier to come than its row costs, so that where many sequences decode, only what is nearly
 * certain is drafted.
 */
public final class LearningDrafter implements Drafter {
  /** With the newest token these are still computed as single rows are; see {@link Slice}. */
  private static final int MOST = 7;

  private final TokenHistory history = new TokenHistory();
  private final double freeRows;

  /**
   * A drafter that knows nothing yet.
   *
   * @param freeRows how many rows of a step take as long as a step takes apart from its rows
   */
  public LearningDrafter(double freeRows) {
    this.freeRows = freeRows;
  }

  @Override
  public int[] draft(Sequence sequence, int decodes) {
    int known = Math.min(TokenHistory.LONGEST, sequence.length());
    int most = Math.min(MOST, sequence.left() - 1);
    int[] tokens = Arrays.copyOf(sequence.newest(known), known + Math.max(0, most));
    double worth = worth(decodes);
    double likelihood = 1;
    int end = known;
    while (end < tokens.length) {
      Guess next = history.guess(tokens, end);
      likelihood *= next.likelihood();
      if (likelihood < worth) {
        break;
      }
      tokens[end++] = next.token();
    }
    return Arrays.copyOfRange(tokens, known, end);
  }

  /** What a row costs, over what a token costs that a step makes for each sequence. */
  private double worth(int decodes) {
    return decodes / (decodes + freeRows);
  }

  @Override
  public void learn(Sequence sequence, int chosen) {
    for (int at = sequence.unlearned(); at < sequence.length(); at++) {
      history.learn(sequence.tokens(), at, at == chosen);
    }
    sequence.learned();
  }
}
