package io.reckon.engine;

import io.reckon.engine.program.StepInput;
import io.reckon.engine.schedule.Sequence;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A step ready to run: single rows first, decodes for the most, and then full blocks.
 *
 * @param sampled the sequences whose next token is chosen, in the order of the output's rows
 * @param owners the sequence of each row; null for padding
 */
record AssembledStep(StepInput input, List<Sequence> sampled, List<Sequence> owners) {
  /** The sequences that some of the step's rows are of; padding is nobody's. */
  Set<Sequence> owners(int[] rows) {
    return Arrays.stream(rows)
        .mapToObj(owners::get)
        .filter(Objects::nonNull)
        .collect(Collectors.toUnmodifiableSet());
  }
}
