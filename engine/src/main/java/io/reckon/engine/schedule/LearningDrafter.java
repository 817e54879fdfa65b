package io.reckon.engine.schedule;

import io.reckon.engine.schedule.TokenHistory.Guess;
import java.util.Arrays;

/**
 * Drafts what came after the same tokens before, in this request or another. A draft grows while it
 * is likelier to come than its row costs, so that where many sequences decode, only what is nearly
 * certain is drafted.
 */
public final class LearningDrafter implements Drafter {
  private final TokenHistory history = new TokenHistory();
  private final StepCost cost;

  /** A drafter that knows nothing yet. */
  public LearningDrafter(StepCost cost) {
    this.cost = cost;
  }

  @Override
  public int[] draft(Sequence sequence, int decodes, int most) {
    int known = Math.min(TokenHistory.LONGEST, sequence.length());
    int[] tokens = Arrays.copyOf(sequence.newest(known), known + most);
    double worth = cost.worth(decodes, sequence.length());
    double likelihood = 1;
    int end = known;
    while (end < tokens.length) {
      Guess next = history.guess(tokens, end);
      likelihood *= next.likelihood();
      if (likelihood < worth || next.token() == TokenHistory.END) {
        break;
      }
      tokens[end++] = next.token();
    }
    return Arrays.copyOfRange(tokens, known, end);
  }

  @Override
  public void learn(Sequence sequence, int chosen) {
    int[] tokens = sequence.tokens();
    for (int at = sequence.unlearned(); at < sequence.length(); at++) {
      history.learn(tokens, at, tokens[at], at == chosen);
    }
    sequence.learned();
  }

  @Override
  public void learnEnd(Sequence sequence) {
    learn(sequence, NOWHERE);
    history.learn(sequence.tokens(), sequence.length(), TokenHistory.END, true);
  }
}
