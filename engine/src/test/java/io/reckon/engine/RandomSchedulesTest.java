package io.reckon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.reckon.engine.api.GeneratedToken;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.cache.PagePool;
import io.reckon.engine.cache.PageTable;
import io.reckon.engine.checkpoint.Checkpoint;
import io.reckon.engine.program.ModelProgram;
import io.reckon.engine.program.StepOutput;
import io.reckon.engine.program.WeightMode;
import io.reckon.engine.sample.RankedTokens;
import io.reckon.engine.sample.Sampler;
import io.reckon.engine.sample.TokenScores;
import io.reckon.engine.schedule.Batch;
import io.reckon.engine.schedule.Scheduler;
import io.reckon.engine.schedule.Sequence;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The promise of int8 on a CPU: a request's tokens and log-probabilities depend on its own tokens
 * alone, bit for bit, whatever batch, chunks, drafts, pauses and cache it meets. The number of
 * schedules is the system property {@code reckon.schedules}; large heads get a sixth of it.
 */
class RandomSchedulesTest {
  private static final int SCHEDULES = Integer.getInteger("reckon.schedules", 30);
  private static final int PAGE = 32;
  private static final int PAGES = 200;
  private static final int VOCABULARY = 301;
  private static final int WIDEST = 33;

  @TempDir Path folder;
  private ModelProgram program;

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
      return new Request(
          number,
          prompt,
          1 + random.nextInt(random.nextInt(4) == 0 ? 60 : 12),
          sampling(random, number));
    }

    /** One in two greedy; of every other feature some have it and some don't. */
    private static SamplingParameters sampling(Random random, int seed) {
      SamplingParameters.Builder sampling = SamplingParameters.builder().seed(seed);
      sampling.temperature(pick(random, 0.0, 0.9, 0.0, 1.7));
      sampling.topK(pick(random, 0, 0, 5, 100));
      sampling.topP(pick(random, 1.0, 0.9));
      sampling.minP(pick(random, 0.0, 0.0, 0.05));
      sampling.repetitionPenalty(pick(random, 1.0, 1.0, 1.3));
      sampling.presencePenalty(pick(random, 0.0, 0.0, 0.7));
      sampling.frequencyPenalty(pick(random, 0.0, 0.0, 0.0, 0.4));
      sampling.logitBias(pick(random, Map.of(), Map.of(), Map.of(3, -100.0, 250, 2.5)));
      sampling.stopTokens(pick(random, Set.of(), Set.of(7, 40, 41, 42, 43, 44, 45, 46, 47)));
      sampling.topLogprobs(pick(random, 0, 0, 3));
      return sampling.build();
    }

    @SafeVarargs
    private static <T> T pick(Random random, T... values) {
      return values[random.nextInt(values.length)];
    }
  }

  /** Sizes that fill no vector and no block of a kernel. */
  @Test
  void givesEveryRequestTheSameBitsInASmallModel() throws IOException {
    load(new RandomCheckpoint(5).with("num_attention_heads", 5));
    assertThat(events(SCHEDULES)).allMatch(count -> count > SCHEDULES / 2);
  }

  /** Kernels go other ways where heads and latents are as large as released models have them. */
  @ParameterizedTest
  @ValueSource(ints = {16, 40})
  void givesEveryRequestTheSameBitsWithLargeHeads(int heads) throws IOException {
    load(
        new RandomCheckpoint(6)
            .with("num_attention_heads", heads)
            .with("kv_lora_rank", 512)
            .with("qk_nope_head_dim", 128)
            .with("qk_rope_head_dim", 64)
            .with("v_head_dim", 128));
    assertThat(events((SCHEDULES + 5) / 6)).allMatch(count -> count > 0);
  }

  private void load(RandomCheckpoint checkpoint) throws IOException {
    checkpoint.untied().with("vocab_size", VOCABULARY).with("intermediate_size", 200).write(folder);
    program =
        ModelProgram.load(
            Checkpoint.open(folder.toString()), WeightMode.INT8, Device.cpu(), PAGES, PAGE);
  }

  @AfterEach
  void close() {
    program.close();
  }

  /**
   * Checks each request's bits in every schedule, and counts what happened: cache hits, pauses,
   * evictions, drafts that came and drafts that did not.
   */
  private List<Long> events(int schedules) {
    Map<Integer, List<GeneratedToken>> alone = new HashMap<>();
    long hits = 0;
    long pauses = 0;
    long evictions = 0;
    long accepted = 0;
    long rejected = 0;
    for (int seed = 0; seed < schedules; seed++) {
      Random random = new Random(seed);
      List<Request> requests = random.ints(36, 0, 50).distinct().mapToObj(Request::of).toList();
      requests.forEach(request -> alone.computeIfAbsent(request.number(), any -> alone(request)));
      Run run = run(random, requests, alone);
      hits += run.hits;
      pauses += run.scheduler.pauses();
      evictions += run.pool.evictions();
      accepted += run.accepted;
      rejected += run.drafted - run.accepted;
      for (Request request : requests) {
        assertThat(run.chosen.get(request.number()))
            .as("request %d in schedule %d", request.number(), seed)
            .isEqualTo(alone.get(request.number()));
      }
    }
    return List.of(hits, pauses, evictions, accepted, rejected);
  }

  private List<GeneratedToken> alone(Request request) {
    Run run = new Run(new PagePool(PAGES, PAGE), 1, 512, (number, known) -> new int[0]);
    run.add(request);
    while (!run.active.isEmpty()) {
      run.step();
    }
    return run.chosen.get(request.number());
  }

  /** Requests that come in at random times, in a small cache that at times another has taken. */
  private Run run(
      Random random, List<Request> requests, Map<Integer, List<GeneratedToken>> outcomes) {
    int pages = 12 + random.nextInt(random.nextBoolean() ? 3 : PAGES - 12);
    int budget = ModelProgram.BLOCK_TOKENS * (1 + random.nextInt(24));
    int most = 1 + random.nextInt(WIDEST);
    Run run =
        new Run(
            new PagePool(pages, PAGE),
            most,
            budget,
            (number, at) -> draft(random, outcomes.get(number), at));
    PageTable hog = new PageTable(run.pool);
    int next = 0;
    while (next < requests.size() || !run.active.isEmpty()) {
      for (int arriving = random.nextInt(6); arriving > 0 && next < requests.size(); arriving--) {
        run.add(requests.get(next++));
      }
      if (random.nextInt(6) == 0) {
        hog.reserve(run.pool.free() * PAGE);
      } else if (random.nextInt(20) == 0) {
        hog.release();
      }
      run.step();
    }
    return run;
  }

  /** Up to seven tokens after the first {@code at} that will come, one in five of them another. */
  private static int[] draft(Random random, List<GeneratedToken> outcome, int at) {
    int count = Math.min(random.nextInt(8), Math.max(0, outcome.size() - at - 1));
    return outcome.stream()
        .skip(at)
        .limit(count)
        .mapToInt(token -> random.nextInt(5) == 0 ? random.nextInt(VOCABULARY) : token.token())
        .toArray();
  }

  /** One schedule. */
  private final class Run {
    private int hits;
    private long drafted;
    private long accepted;
    private final Map<Integer, List<GeneratedToken>> chosen = new HashMap<>();
    private final IdentityHashMap<Sequence, Request> active = new IdentityHashMap<>();
    private final IdentityHashMap<Sequence, Sampler> samplers = new IdentityHashMap<>();
    private final PagePool pool;
    private final Scheduler scheduler;
    private final StepAssembler assembler = new StepAssembler(PAGE);

    /**
     * @param drafts gives guesses at a request's tokens, of which so many are known
     */
    Run(PagePool pool, int maxRunning, int budget, BiFunction<Integer, Integer, int[]> drafts) {
      this.pool = pool;
      this.scheduler =
          new Scheduler(
              pool,
              maxRunning,
              budget,
              ModelProgram.BLOCK_TOKENS,
              (sequence, decodes, most) ->
                  drafts.apply(active.get(sequence).number(), sequence.generated()));
    }

    void add(Request request) {
      Sequence sequence = new Sequence(request.prompt(), new PageTable(pool));
      active.put(sequence, request);
      samplers.put(sequence, new Sampler(request.sampling(), request.prompt()));
      chosen.put(request.number(), new ArrayList<>());
      scheduler.add(sequence);
    }

    void step() {
      Batch batch = scheduler.next();
      if (batch.isEmpty()) {
        return;
      }
      drafted += batch.drafts();
      AssembledStep step = assembler.assemble(batch, sequence -> active.get(sequence).sampling());
      try (StepOutput output = program.step(step.input())) {
        scheduler.computed(batch);
        for (ScoredRows rows : step.scored()) {
          accepted += rows.extend(scheduler, row -> extend(rows.sequence(), output, row)) - 1;
        }
      }
    }

    private boolean extend(Sequence sequence, StepOutput output, int row) {
      Request request = active.get(sequence);
      TokenScores scores =
          new TokenScores(
              output.bestToken(row),
              output.bestLogit(row),
              output.logSum(row),
              output.temperedLogMass(row),
              RankedTokens.ranked(output.candidateTokens(row), output.candidateLogits(row)),
              () -> output.logits(row));
      GeneratedToken token = samplers.get(sequence).choose(scores, sequence.length());
      List<GeneratedToken> sofar = chosen.get(request.number());
      sofar.add(token);
      samplers.get(sequence).count(token.token());
      sequence.append(token.token());
      boolean stops = request.sampling().stopTokens().contains(token.token());
      if (stops || sofar.size() == request.newTokens()) {
        hits += sequence.cached() > 0 ? 1 : 0;
        scheduler.remove(sequence);
        active.remove(sequence);
      }
      return active.containsKey(sequence);
    }
  }
}
