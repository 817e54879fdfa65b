package io.reckon.engine.train;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import java.nio.file.Path;

/**
 * What a training run is started with. The same options and seed repeat the same run.
 *
 * @param output folder of the checkpoint, the log, the plot and the state to resume from
 * @param steps optimizer steps in all; the rates fall to nothing at the last
 * @param tokensPerStep tokens of problems a step, padding not counted
 * @param seed of the first weights and of every problem
 * @param evaluationProblems reserved problems of each family that the end is measured on; a quarter
 *     of them on the way
 * @param resume whether to go on from the state in {@code output}
 */
public record TrainingOptions(
    Path output, int steps, int tokensPerStep, long seed, int evaluationProblems, boolean resume) {
  public TrainingOptions {
    if (steps < 1) {
      throw bad("steps is " + steps + "; give 1 or more");
    }
    if (tokensPerStep < 1024) {
      throw bad("tokens-per-step is " + tokensPerStep + "; give 1024 or more");
    }
    if (evaluationProblems < 1) {
      throw bad("evaluation-problems is " + evaluationProblems + "; give 1 or more");
    }
  }

  private static EngineException bad(String message) {
    return new EngineException(ErrorCode.BAD_OPTION, message);
  }
}
