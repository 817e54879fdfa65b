package io.reckon.engine;

import io.reckon.engine.program.StepInput;
import io.reckon.engine.schedule.Sequence;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A step ready to run: single rows first, decodes for the most, and then full blocks.
 *
 * @param scored the sequences whose next token is chosen
 * @param owners the sequence of each row; null for padding
 */
record AssembledStep(StepInput input, List<ScoredRows> scored, List<Sequence> owners) {
  /**
   * Gives up drafts whose numbers can't be used.
   *
   * @param rows of the step, whose numbers are not finite
   * @return the sequences that some of those rows are of and not drafts; padding is nobody's
   */
  Set<Sequence> damaged(int[] rows) {
    Set<Sequence> damaged = new HashSet<>();
    for (int row : rows) {
      Sequence owner = owners.get(row);
      int position = Math.toIntExact(input.positions()[row]);
      if (owner != null && position < owner.length()) {
        damaged.add(owner);
      } else if (owner != null) {
        owner.dropDrafts(position);
      }
    }
    return damaged;
  }
}
