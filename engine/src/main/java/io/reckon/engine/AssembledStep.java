package io.reckon.engine;

import io.reckon.engine.program.StepInput;
import io.reckon.engine.schedule.Sequence;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A step ready to run: single rows first, decodes for the most, and then full blocks.
 *
 * @param scored the sequences whose next token is chosen
 * @param owners the sequence of each row; null for padding
 */
record AssembledStep(StepInput input, List<ScoredRows> scored, List<Sequence> owners) {
  /** Gives up drafts from the first on that one of these rows computed. */
  void dropDrafts(int... rows) {
    for (int row : rows) {
      if (owners.get(row) != null && isDraft(row)) {
        owners.get(row).dropDrafts(position(row));
      }
    }
  }

  /** The sequences whose tokens these rows computed; padding is nobody's, and a draft no token. */
  Set<Sequence> owners(int... rows) {
    return Arrays.stream(rows)
        .filter(row -> owners.get(row) != null && !isDraft(row))
        .mapToObj(owners::get)
        .collect(Collectors.toUnmodifiableSet());
  }

  private boolean isDraft(int row) {
    return position(row) >= owners.get(row).length();
  }

  private int position(int row) {
    return Math.toIntExact(input.positions()[row]);
  }
}
