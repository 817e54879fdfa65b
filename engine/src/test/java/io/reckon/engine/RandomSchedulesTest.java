package io.reckon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.cache.PagePool;
import io.reckon.engine.cache.PageTable;
import io.reckon.engine.checkpoint.Checkpoint;
import io.reckon.engine.program.ModelProgram;
import io.reckon.engine.program.StepOutput;
import io.reckon.engine.program.WeightMode;
import io.reckon.engine.sample.ChosenToken;
import io.reckon.engine.sample.RankedTokens;
import io.reckon.engine.sample.Sampler;
import io.reckon.engine.sample.TokenScores;
import io.reckon.engine.schedule.Batch;
import io.reckon.engine.schedule.Scheduler;
import io.reckon.engine.schedule.Sequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promise of int8 on a CPU: a request's tokens and log-probabilities depend on its own tokens
 * alone, bit for bit, whatever batch, chunks, pauses and cache it meets. The number of schedules is
 * the system property {@code reckon.schedules}.
 */
class RandomSchedulesTest {
  private static final int SCHEDULES = Integer.getInteger("reckon.schedules", 30);
  private static final int PAGE = 64;
  private static final int PAGES = 120;
  private static final int VOCABULARY = 301;
  private static final int WIDEST = 33;

  @TempDir static Path folder;
  private static ModelProgram program;

  /** A request, the same wherever its number comes up. */
  private record Request(int number, int[] prompt, int newTokens, SamplingParameters sampling) {
    static Request of(int number) {
      Random random = new Random(number);
      int shared = random.nextInt(3) * 70;
      int[] prompt = new int[shared + 1 + random.nextInt(90)];
      Random prefix = new Random(random.nextInt(2));
      for (int i = 0; i < prompt.length; i++) {
        prompt[i] = (i < shared ? prefix : random).nextInt(VOCABULARY);
      }
      double temperature = random.nextBoolean() ? 0 : 0.9;
      return new Request(
          number,
          prompt,
          1 + random.nextInt(24),
          new SamplingParameters(temperature, 0.9, number, 100));
    }
  }

  @BeforeAll
  static void load() throws Exception {
    new RandomCheckpoint(5)
        .untied()
        .with("vocab_size", VOCABULARY)
        .with("intermediate_size", 200)
        .with("num_attention_heads", 5)
        .write(folder);
    program =
        ModelProgram.load(
            Checkpoint.open(folder.toString()), WeightMode.INT8, Device.cpu(), PAGES, PAGE);
  }

  @AfterAll
  static void close() {
    program.close();
  }

  @Test
  void givesEveryRequestTheSameBits() {
    Map<Integer, List<ChosenToken>> alone = new HashMap<>();
    for (int seed = 0; seed < SCHEDULES; seed++) {
      Random random = new Random(seed);
      List<Request> requests = random.ints(40, 0, 60).distinct().mapToObj(Request::of).toList();
      Map<Integer, List<ChosenToken>> together = run(random, requests);
      for (Request request : requests) {
        List<ChosenToken> expected =
            alone.computeIfAbsent(request.number(), number -> alone(request));
        assertThat(together.get(request.number()))
            .as("request %d in schedule %d", request.number(), seed)
            .isEqualTo(expected);
      }
    }
  }

  private static List<ChosenToken> alone(Request request) {
    Run run = new Run(new PagePool(PAGES, PAGE), 1, 512);
    run.add(request);
    while (run.step()) {}
    return run.chosen.get(request.number());
  }

  /** Requests that come in at random times, in a cache that may be too small for them. */
  private static Map<Integer, List<ChosenToken>> run(Random random, List<Request> requests) {
    int pages = 8 + random.nextInt(PAGES - 8);
    int budget = ModelProgram.BLOCK_TOKENS * (1 + random.nextInt(24));
    Run run = new Run(new PagePool(pages, PAGE), 1 + random.nextInt(WIDEST), budget);
    int next = 0;
    boolean more = true;
    while (more || next < requests.size()) {
      for (int arriving = random.nextInt(6); arriving > 0 && next < requests.size(); arriving--) {
        run.add(requests.get(next++));
      }
      more = run.step();
    }
    return run.chosen;
  }

  /** One schedule. */
  private static final class Run {
    final Map<Integer, List<ChosenToken>> chosen = new HashMap<>();
    private final Map<Sequence, Request> active = new IdentityHashMap<>();
    private final PagePool pool;
    private final Scheduler scheduler;
    private final StepAssembler assembler = new StepAssembler(PAGE);

    Run(PagePool pool, int maxRunning, int budget) {
      this.pool = pool;
      this.scheduler = new Scheduler(pool, maxRunning, budget, ModelProgram.BLOCK_TOKENS);
    }

    void add(Request request) {
      Sequence sequence = new Sequence(request.prompt(), new PageTable(pool));
      active.put(sequence, request);
      chosen.put(request.number(), new ArrayList<>());
      scheduler.add(sequence);
    }

    /** Whether there was anything to do. */
    boolean step() {
      Batch batch = scheduler.next();
      if (batch.isEmpty()) {
        return false;
      }
      AssembledStep step = assembler.assemble(batch, sequence -> active.get(sequence).sampling());
      try (StepOutput output = program.step(step.input())) {
        scheduler.computed(batch);
        for (int row = 0; row < step.sampled().size(); row++) {
          extend(step.sampled().get(row), output, row);
        }
      }
      return true;
    }

    private void extend(Sequence sequence, StepOutput output, int row) {
      Request request = active.get(sequence);
      TokenScores scores =
          new TokenScores(
              output.bestToken(row),
              output.bestLogit(row),
              output.logSum(row),
              output.temperedLogSum(row),
              RankedTokens.ranked(output.candidateTokens(row), output.candidateLogits(row)),
              () -> output.logits(row));
      ChosenToken token = Sampler.choose(scores, request.sampling(), sequence.length());
      List<ChosenToken> sofar = chosen.get(request.number());
      sofar.add(token);
      sequence.append(token.token());
      if (sofar.size() == request.newTokens()) {
        scheduler.remove(sequence);
      }
    }
  }
}
