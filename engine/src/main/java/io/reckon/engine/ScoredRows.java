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
    int place = 0;
    boolean scored = true;
    while (scored) {
      int chosen = sequence.length();
      scored =
          extend.test(rows[place])
              && scheduler.extended(sequence, chosen)
              && sequence.length() > chosen;
      place = sequence.length() - 1 - first;
      used++;
    }
    return used;
  }
}
