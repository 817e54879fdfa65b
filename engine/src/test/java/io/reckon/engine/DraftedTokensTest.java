package io.reckon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.api.EngineCounters;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.cache.PageTable;
import io.reckon.engine.checkpoint.Checkpoint;
import io.reckon.engine.program.ModelProgram;
import io.reckon.engine.program.StepOutput;
import io.reckon.engine.schedule.Batch;
import io.reckon.engine.schedule.Drafter;
import io.reckon.engine.schedule.Scheduler;
import io.reckon.engine.schedule.Sequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens that are guessed ahead save steps and change nothing. */
class DraftedTokensTest {
  private static final List<String> PROMPTS =
      List.of("What is 815 + 4711?", "is 3 a factor of 87", "What is 12 * 345?", "Is 7.5 > 7.45?");

  @TempDir Path folder;

  @Test
  void giveTheSameAnswersInFewerSteps() throws Exception {
    EngineConfiguration drafting = EngineConfiguration.builtin();
    try (InferenceEngine with = ReckonEngine.open(drafting);
        InferenceEngine without = ReckonEngine.open(drafting.withDrafts(false))) {
      for (SamplingParameters sampling : samplings()) {
        assertThat(answers(with, sampling)).isEqualTo(answers(without, sampling));
      }
      EngineCounters counters = with.counters();
      assertThat(counters.acceptedTokens()).isPositive().isLessThan(counters.draftedTokens());
      assertThat(counters.steps() + counters.acceptedTokens())
          .isEqualTo(without.counters().steps());
      assertThat(counters.generatedTokens()).isEqualTo(without.counters().generatedTokens());
      assertThat(without.counters().draftedTokens()).isZero();
    }
  }

  /** Greedy, drawn with penalties, with the likeliest tokens listed, and held to a constraint. */
  private static List<SamplingParameters> samplings() {
    SamplingParameters.Builder drawn = SamplingParameters.builder().temperature(0.8).seed(5);
    return List.of(
        SamplingParameters.GREEDY,
        drawn.repetitionPenalty(1.05).frequencyPenalty(0.02).topP(0.95).build(),
        SamplingParameters.builder().topLogprobs(3).build(),
        SamplingParameters.builder()
            .constraint(new OutputConstraint.Regex("[0-9]{1,6}|yes|no"))
            .build());
  }

  /** One at a time, so that the steps of both engines can be compared. */
  private static List<Generation> answers(InferenceEngine engine, SamplingParameters sampling)
      throws Exception {
    List<Generation> answers = new ArrayList<>();
    for (String prompt : PROMPTS) {
      GenerationHandle handle =
          engine.submit(
              new GenerationRequest(List.of(Message.user(prompt)), sampling.withMaxNewTokens(150)));
      answers.add(handle.result().get());
    }
    return answers;
  }

  /** A token whose numbers are damaged fails its sequence when it has come, and not as a guess. */
  @Test
  void areNoHarmWhereTheirNumbersAreNotFinite() throws Exception {
    int[] sound = continuedWithout(new RandomCheckpoint(3).untied());
    int damaged = sound[4];
    assertThat(Arrays.copyOf(sound, 4)).doesNotContain(damaged);
    new RandomCheckpoint(3).untied().poison(damaged).write(folder);
    try (LoadedModel model = model()) {
      int[] expected = Arrays.copyOf(sound, 5);
      assertThat(continued(model, Drafter.NONE)).isEqualTo(expected);
      assertThat(continued(model, atSecondToken(sound[2], sound[3], damaged, sound[5])))
          .isEqualTo(expected);
      assertThat(continued(model, atSecondToken(sound[2], damaged))).isEqualTo(expected);
    }
  }

  private int[] continuedWithout(RandomCheckpoint checkpoint) throws Exception {
    checkpoint.write(folder);
    try (LoadedModel model = model()) {
      return continued(model, Drafter.NONE);
    }
  }

  private LoadedModel model() {
    EngineConfiguration configuration =
        new EngineConfiguration(folder.toString(), "float32", "cpu", 1, 1 << 20);
    return LoadedModel.load(Checkpoint.open(folder.toString()), configuration);
  }

  private static Drafter atSecondToken(int... drafts) {
    return (sequence, decodes, most) -> sequence.generated() == 2 ? drafts : new int[0];
  }

  /** Eight tokens after a prompt, greedily, or those before the first whose numbers are damaged. */
  private static int[] continued(LoadedModel model, Drafter drafter) {
    Scheduler scheduler = new Scheduler(model.pool(), 1, 512, ModelProgram.BLOCK_TOKENS, drafter);
    int[] prompt = IntStream.range(2, 20).toArray();
    Sequence sequence = new Sequence(prompt, new PageTable(model.pool()));
    scheduler.add(sequence);
    boolean sound = true;
    while (sound && sequence.generated() < 8) {
      Batch batch = scheduler.next();
      AssembledStep step = model.assembler().assemble(batch, any -> SamplingParameters.GREEDY);
      try (StepOutput output = model.program().step(step.input())) {
        step.dropDrafts(output.damagedRows());
        sound = step.owners(output.damagedRows()).isEmpty();
        if (sound) {
          scheduler.computed(batch);
          step.scored().get(0).extend(scheduler, row -> append(sequence, output.bestToken(row)));
        }
      }
    }
    int generated = sequence.generated();
    scheduler.remove(sequence);
    return IntStream.range(prompt.length, prompt.length + generated).map(sequence::token).toArray();
  }

  private static boolean append(Sequence sequence, int token) {
    sequence.append(token);
    return true;
  }
}
