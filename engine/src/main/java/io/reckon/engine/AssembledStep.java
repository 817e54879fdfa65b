package io.reckon.engine;

import io.reckon.engine.program.ModelProgram;
import io.reckon.engine.program.StepInput;
import io.reckon.engine.schedule.Sequence;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A step ready to run: blocks of one row each, its decodes for the most, and then its prefills.
 *
 * @param sampled the sequences whose next token is chosen, in the order of the output's rows
 */
record AssembledStep(
    StepInput input, List<Sequence> sampled, List<Block> decodes, List<Block> prefills) {
  /** The sequences that some of the step's rows are of; padding is nobody's. */
  Set<Sequence> owners(long[] rows) {
    Set<Sequence> owners = new HashSet<>();
    for (long row : rows) {
      int prefillRow = (int) row - decodes.size();
      if (prefillRow < 0) {
        owners.add(decodes.get((int) row).sequence());
        continue;
      }
      Block block = prefills.get(prefillRow / ModelProgram.BLOCK_TOKENS);
      if (prefillRow % ModelProgram.BLOCK_TOKENS < block.rows()) {
        owners.add(block.sequence());
      }
    }
    return owners;
  }
}
