package io.reckon.engine;

import io.reckon.engine.program.ModelProgram;
import io.reckon.engine.program.StepInput;
import io.reckon.engine.schedule.Sequence;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A step ready to run: single rows first, decodes for the most, and then full blocks.
 *
 * @param sampled the sequences whose next token is chosen, in the order of the output's rows
 */
record AssembledStep(
    StepInput input, List<Sequence> sampled, List<Block> single, List<Block> full) {
  /** The sequences that some of the step's rows are of; padding is nobody's. */
  Set<Sequence> owners(int[] rows) {
    Set<Sequence> owners = new HashSet<>();
    for (int row : rows) {
      int rowOfFull = row - single.size();
      if (rowOfFull < 0) {
        owners.add(single.get(row).sequence());
        continue;
      }
      Block block = full.get(rowOfFull / ModelProgram.BLOCK_TOKENS);
      if (rowOfFull % ModelProgram.BLOCK_TOKENS < block.rows()) {
        owners.add(block.sequence());
      }
    }
    return owners;
  }
}
