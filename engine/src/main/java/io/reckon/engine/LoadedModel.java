package io.reckon.engine;

import ai.djl.Device;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.cache.PagePool;
import io.reckon.engine.checkpoint.Checkpoint;
import io.reckon.engine.checkpoint.ModelConfiguration;
import io.reckon.engine.program.ModelProgram;
import io.reckon.engine.program.WeightMode;
import io.reckon.engine.schedule.Drafter;
import io.reckon.engine.schedule.LearningDrafter;
import io.reckon.engine.schedule.Scheduler;
import io.reckon.engine.schedule.StepCost;

/**
 * A model on its device, with its cache and the bookkeeping of that cache.
 *
 * @param contextTokens the longest sequence: the model's context, or what the cache holds
 * @param cost of the rows of a step
 */
record LoadedModel(ModelProgram program, PagePool pool, int contextTokens, StepCost cost)
    implements AutoCloseable {
  static final int PAGE_TOKENS = 64;
  static final int PREFILL_TOKENS = 512;

  /** Loads a checkpoint with the cache that {@code configuration} leaves room for. */
  static LoadedModel load(Checkpoint checkpoint, EngineConfiguration configuration) {
    WeightMode mode = mode(configuration);
    ModelConfiguration model = checkpoint.configuration();
    PagePool pool = new PagePool(pages(model, configuration), PAGE_TOKENS);
    LoadLog log = new LoadLog(checkpoint.name());
    ModelProgram program =
        ModelProgram.load(
            checkpoint, mode, device(configuration), log, pool.capacity() + 1, PAGE_TOKENS);
    int cacheTokens = pool.capacity() * PAGE_TOKENS;
    log.holds(cacheTokens, model.contextTokens());
    return new LoadedModel(
        program,
        pool,
        Math.min(model.contextTokens(), cacheTokens),
        StepCosts.of(checkpoint, device(configuration).isGpu()));
  }

  /** As many pages as the budget pays for, but no more than all running requests can fill. */
  private static int pages(ModelConfiguration model, EngineConfiguration configuration) {
    long pageBytes = pageBytes(model, configuration);
    long affordable = configuration.cacheBytes() / pageBytes;
    if (affordable < 2) {
      throw new EngineException(
          ErrorCode.BAD_OPTION,
          "cacheBytes is %d; this model needs %d at least, two pages of %d tokens"
              .formatted(configuration.cacheBytes(), 2 * pageBytes, PAGE_TOKENS));
    }
    long fillable = configuration.maxRunning() * pagesOf(model.contextTokens()) + 1;
    return (int) Math.min(Integer.MAX_VALUE / PAGE_TOKENS, Math.min(affordable, fillable));
  }

  /** Pages that so many tokens of one sequence take. */
  static long pagesOf(int tokens) {
    return (tokens + PAGE_TOKENS - 1L) / PAGE_TOKENS;
  }

  /** What a page takes in all layers. */
  static long pageBytes(ModelConfiguration model, EngineConfiguration configuration) {
    return PAGE_TOKENS * model.cacheNumbersPerToken() * mode(configuration).cacheBytes();
  }

  /** The mode that a configuration comes to on this machine. */
  static WeightMode mode(EngineConfiguration configuration) {
    return configuration.mode().equals("auto")
        ? WeightMode.best(device(configuration))
        : WeightMode.named(configuration.mode());
  }

  private static Device device(EngineConfiguration configuration) {
    String name = configuration.device();
    if (name.equals("cpu")) {
      return Device.cpu();
    }
    int colon = name.indexOf(':');
    return Device.gpu(colon < 0 ? 0 : Integer.parseInt(name.substring(colon + 1)));
  }

  /** Bookkeeping of the cache as if nothing were in it; the model's other pool must not be used. */
  PagePool emptyPool(boolean sharing) {
    return new PagePool(pool.capacity() + 1, PAGE_TOKENS, sharing);
  }

  /** An empty schedule over this model's cache, without drafts; one at a time. */
  Scheduler scheduler(int maxRunning) {
    return scheduler(pool, maxRunning, false);
  }

  /** An empty schedule over some bookkeeping of this model's cache; one at a time. */
  Scheduler scheduler(PagePool pages, int maxRunning, boolean drafts) {
    Drafter drafter = drafts ? new LearningDrafter(cost) : Drafter.NONE;
    return new Scheduler(pages, maxRunning, PREFILL_TOKENS, ModelProgram.BLOCK_TOKENS, drafter);
  }

  StepAssembler assembler() {
    return new StepAssembler(PAGE_TOKENS);
  }

  @Override
  public void close() {
    program.close();
  }
}
