package io.reckon.engine;

import io.reckon.engine.schedule.Scheduler;
import io.reckon.engine.schedule.Sequence;
import java.util.function.IntPredicate;

/**
 * Rows of a step's output that score one sequence.
 *
 * @param first position of the newest token
 * @param rows for each token from that one on, drafts after it, the row that scores what follows
 */
record ScoredRows(Sequence sequence, int first, int[] rows) {
  /**
   * Extends the sequence by the first row, and by further ones while drafts come.
   *
   * @param extend adds what follows the newest token by a row's scores; gives whether the sequence
   *     goes on
   * @return how many rows were used
   */
  int extend(Scheduler scheduler, IntPredicate extend) {
    int used = 0;
    boolean scored = true;
    while (scored) {
      int chosen = sequence.length();
      boolean goesOn = extend.test(rows[chosen - 1 - first]);
      boolean grown = sequence.length() > chosen; // Else the same row would come again.
      scored = goesOn && grown && scheduler.extended(sequence, chosen);
      used++;
    }
    return used;
  }

  /** Whether a row comes after a draft. */
  boolean isDrafted(int row) {
    return row != rows[0];
  }
}
