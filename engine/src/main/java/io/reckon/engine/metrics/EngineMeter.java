package io.reckon.engine.metrics;

import io.reckon.engine.api.EngineCounters;
import java.util.concurrent.atomic.LongAdder;

/** Running totals of an engine. Safe for any thread. */
public final class EngineMeter {
  private final LongAdder requests = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder promptTokens = new LongAdder();
  private final LongAdder cachedTokens = new LongAdder();
  private final LongAdder generatedTokens = new LongAdder();
  private final LongAdder steps = new LongAdder();

  /** Counts a request that ended well. */
  public void finished(int promptTokenCount, int cachedTokenCount) {
    requests.increment();
    promptTokens.add(promptTokenCount);
    cachedTokens.add(cachedTokenCount);
  }

  /** Counts a request that failed or was cancelled. */
  public void failed() {
    requests.increment();
    failures.increment();
  }

  /** Counts a model step. */
  public void stepped(int sampledTokens) {
    steps.increment();
    generatedTokens.add(sampledTokens);
  }

  /** The totals now. */
  public EngineCounters counters(int running, int waiting) {
    return new EngineCounters(
        requests.sum(),
        failures.sum(),
        promptTokens.sum(),
        cachedTokens.sum(),
        generatedTokens.sum(),
        steps.sum(),
        running,
        waiting);
  }
}
