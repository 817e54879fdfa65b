package io.reckon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.cache.PageTable;
import io.reckon.engine.checkpoint.Checkpoint;
import io.reckon.engine.program.ModelProgram;
import io.reckon.engine.program.StepOutput;
import io.reckon.engine.schedule.Batch;
import io.reckon.engine.schedule.Scheduler;
import io.reckon.engine.schedule.Sequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps that mix chunks of several prompts with decodes, against one sequence at a time. */
class PrefillChunksTest {
  private static final int[] PROMPT_TOKENS = {130, 5, 64, 17, 200, 1};
  private static final int NEW_TOKENS = 12;

  @Test
  void giveTheTokensOfOnePrefill(@TempDir Path folder) throws Exception {
    Checkpoint checkpoint =
        Checkpoint.open(new RandomCheckpoint(7).untied().write(folder).toString());
    EngineConfiguration configuration =
        new EngineConfiguration(folder.toString(), "float32", "cpu", 8, 1 << 20);
    try (LoadedModel model = LoadedModel.load(checkpoint, configuration)) {
      List<List<Integer>> alone = new ArrayList<>();
      for (int i = 0; i < PROMPT_TOKENS.length; i++) {
        alone.addAll(continuations(model, 4096, i, i + 1));
      }
      for (int budget : new int[] {16, 48, 256}) {
        assertThat(continuations(model, budget, 0, PROMPT_TOKENS.length))
            .as("chunks of %d tokens", budget)
            .isEqualTo(alone);
      }
      assertThat(model.pool().free()).isEqualTo(model.pool().capacity());
    }
  }

  private static List<List<Integer>> continuations(
      LoadedModel model, int budget, int from, int to) {
    Scheduler scheduler = new Scheduler(model.pool(), 8, budget, ModelProgram.BLOCK_TOKENS);
    List<Sequence> sequences = new ArrayList<>();
    for (int i = from; i < to; i++) {
      int[] prompt = new Random(i).ints(PROMPT_TOKENS[i], 0, 96).toArray();
      sequences.add(new Sequence(prompt, new PageTable(model.pool())));
    }
    sequences.forEach(scheduler::add);
    List<List<Integer>> continuations = new ArrayList<>();
    sequences.forEach(any -> continuations.add(new ArrayList<>()));
    while (scheduler.running() + scheduler.waiting() > 0) {
      step(model, scheduler, sequences, continuations);
    }
    return continuations;
  }

  private static void step(
      LoadedModel model,
      Scheduler scheduler,
      List<Sequence> sequences,
      List<List<Integer>> continuations) {
    Batch batch = scheduler.next();
    AssembledStep step = model.assembler().assemble(batch, any -> SamplingParameters.GREEDY);
    try (StepOutput output = model.program().step(step.input())) {
      scheduler.computed(batch);
      for (ScoredRows rows : step.scored()) {
        Sequence sequence = rows.sequence();
        int row = rows.rows()[0];
        List<Integer> continuation = continuations.get(sequences.indexOf(sequence));
        continuation.add(output.bestToken(row));
        sequence.append(output.bestToken(row));
        if (continuation.size() == NEW_TOKENS) {
          scheduler.remove(sequence);
        }
      }
    }
  }
}
