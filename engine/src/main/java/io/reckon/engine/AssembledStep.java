package io.reckon.engine;

import io.reckon.engine.program.StepInput;
import io.reckon.engine.schedule.Sequence;
import java.util.List;

/**
 * A step ready to run.
 *
 * @param sampled the sequences whose next token is chosen, in the order of the output's rows
 */
record AssembledStep(StepInput input, List<Sequence> sampled) {}
