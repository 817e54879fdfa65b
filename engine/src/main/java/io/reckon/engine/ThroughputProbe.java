package io.reckon.engine;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.cache.PagePool;
import io.reckon.engine.cache.PageTable;
import io.reckon.engine.checkpoint.Checkpoint;
import io.reckon.engine.checkpoint.ModelConfiguration;
import io.reckon.engine.program.StepOutput;
import io.reckon.engine.schedule.Batch;
import io.reckon.engine.schedule.Scheduler;
import io.reckon.engine.schedule.Sequence;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Measures how many tokens a model makes a second, by the scheduler and the program of {@link
 * ReckonEngine}, without text. One thread at a time.
 */
public final class ThroughputProbe implements AutoCloseable {

  /**
   * What to compute, greedily.
   *
   * @param first a prompt that is computed alone, before all others; may be empty
   * @param prompts token ids of each request, in order of arrival
   * @param newTokens how many tokens each request makes
   * @param running most requests that share a step
   * @param staticBatches whether a batch starts only when all of the one before it have ended
   * @param sharing whether requests share the pages of a common prefix
   * @param drafts whether tokens are guessed ahead
   */
  public record Workload(
      int[] first,
      List<int[]> prompts,
      List<Integer> newTokens,
      int running,
      boolean staticBatches,
      boolean sharing,
      boolean drafts) {
    public Workload {
      prompts = List.copyOf(prompts);
      newTokens = List.copyOf(newTokens);
      if (prompts.isEmpty() || prompts.size() != newTokens.size() || running < 1) {
        throw new EngineException(
            ErrorCode.BAD_OPTION,
            "%d prompts, %d lengths and %d running were given; give as many lengths as prompts"
                .formatted(prompts.size(), newTokens.size(), running));
      }
    }

    private int tokens(int request) {
      return prompts.get(request).length + newTokens.get(request);
    }
  }

  /**
   * What was measured.
   *
   * @param prefillSeconds until every request had its first token
   * @param totalSeconds until the last token
   * @param generatedTokens tokens made
   * @param prefillTokens those of them that were made by the end of {@code prefillSeconds}
   * @param computedTokens tokens that steps took in
   * @param steps model steps
   * @param draftedTokens guesses at what comes next that steps took in
   * @param acceptedTokens those of them that came
   */
  public record Result(
      double prefillSeconds,
      double totalSeconds,
      long generatedTokens,
      long prefillTokens,
      long computedTokens,
      long steps,
      long draftedTokens,
      long acceptedTokens) {}

  /**
   * What is measured.
   *
   * @param mode how weights are held, told by its name
   * @param parameters numbers in all weights
   * @param weightBytes what they take in that mode
   * @param cacheBytes what the latent cache takes
   */
  public record Subject(
      String mode,
      int layers,
      int hidden,
      int heads,
      int latent,
      int feedForward,
      int vocabulary,
      long parameters,
      long weightBytes,
      long cacheBytes) {}

  private final LoadedModel model;
  private final Subject subject;

  private ThroughputProbe(LoadedModel model, Subject subject) {
    this.model = model;
    this.subject = subject;
  }

  /**
   * Loads a model.
   *
   * @throws EngineException where the checkpoint or an option is at fault
   */
  public static ThroughputProbe open(EngineConfiguration configuration) {
    Checkpoint checkpoint = Checkpoint.open(configuration.model());
    LoadedModel model = LoadedModel.load(checkpoint, configuration);
    return new ThroughputProbe(model, subject(checkpoint, model, configuration));
  }

  private static Subject subject(
      Checkpoint checkpoint, LoadedModel model, EngineConfiguration configuration) {
    ModelConfiguration shape = checkpoint.configuration();
    return new Subject(
        LoadedModel.mode(configuration).optionName(),
        shape.layers(),
        shape.hiddenSize(),
        shape.heads(),
        shape.latentRank(),
        shape.feedForwardSize(),
        shape.vocabularySize(),
        checkpoint.parameters(),
        model.program().weightBytes(),
        (model.pool().capacity() + 1) * LoadedModel.pageBytes(shape, configuration));
  }

  public Subject subject() {
    return subject;
  }

  /**
   * Runs a workload, from an empty cache.
   *
   * @throws EngineException {@code BAD_OPTION} where a request is longer than the model's context
   */
  public Result measure(Workload work) {
    for (int request = 0; request < work.prompts().size(); request++) {
      if (work.tokens(request) > model.contextTokens()) {
        throw new EngineException(
            ErrorCode.BAD_OPTION,
            "request %d has %d tokens in all, beyond the context of %d"
                .formatted(request, work.tokens(request), model.contextTokens()));
      }
    }
    return new Run(work).run();
  }

  /** One measurement. */
  private final class Run {
    private final Workload work;
    private final PagePool pool;
    private final Scheduler scheduler;
    private final IdentityHashMap<Sequence, Integer> left = new IdentityHashMap<>();
    private int next;
    private int withoutToken;
    private long generated;
    private long computed;
    private long steps;
    private long drafted;
    private long accepted;

    Run(Workload work) {
      this.work = work;
      this.pool = model.emptyPool(work.sharing());
      this.withoutToken = work.prompts().size();
      this.scheduler = model.scheduler(pool, work.running(), work.drafts());
    }

    Result run() {
      long start = System.nanoTime();
      double prefillSeconds = 0;
      long prefillTokens = 0;
      computeFirst();
      while (next < work.prompts().size() || !left.isEmpty()) {
        arrive();
        step();
        if (prefillSeconds == 0 && withoutToken == 0) {
          prefillSeconds = (System.nanoTime() - start) / 1e9;
          prefillTokens = generated;
        }
      }
      double totalSeconds = (System.nanoTime() - start) / 1e9;
      return new Result(
          prefillSeconds,
          totalSeconds,
          generated,
          prefillTokens,
          computed,
          steps,
          drafted,
          accepted);
    }

    /** Its pages stay to be found; the token that it samples is no request's. */
    private void computeFirst() {
      if (work.first().length > 0) {
        Sequence first = new Sequence(work.first(), new PageTable(pool));
        scheduler.add(first);
        while (computed < work.first().length) {
          step();
        }
        scheduler.remove(first);
      }
    }

    private void arrive() {
      if (work.staticBatches() && !left.isEmpty()) {
        return;
      }
      int last = work.staticBatches() ? next + work.running() : work.prompts().size();
      for (; next < Math.min(last, work.prompts().size()); next++) {
        int mostTokens = work.tokens(next);
        Sequence sequence =
            new Sequence(work.prompts().get(next), new PageTable(pool), 0, mostTokens);
        left.put(sequence, work.newTokens().get(next));
        scheduler.add(sequence);
      }
    }

    private void step() {
      Batch batch = scheduler.next();
      AssembledStep step = model.assembler().assemble(batch, any -> SamplingParameters.GREEDY);
      try (StepOutput output = model.program().step(step.input())) {
        scheduler.computed(batch);
        for (ScoredRows rows : step.scored()) {
          accepted +=
              rows.extend(scheduler, row -> extend(rows.sequence(), output.bestToken(row))) - 1;
        }
      }
      computed += batch.tokens();
      drafted += batch.drafts();
      steps++;
    }

    /** Gives whether the sequence goes on. */
    private boolean extend(Sequence sequence, int token) {
      if (!left.containsKey(sequence)) {
        return false;
      }
      int remaining = left.get(sequence) - 1;
      generated++;
      if (sequence.generated() == 0) {
        withoutToken--;
      }
      sequence.append(token);
      if (remaining > 0) {
        left.put(sequence, remaining);
      } else {
        left.remove(sequence);
        scheduler.remove(sequence);
      }
      return remaining > 0;
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
