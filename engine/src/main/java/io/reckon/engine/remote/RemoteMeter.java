package io.reckon.engine.remote;

import io.reckon.engine.api.EngineCounters;
import io.reckon.engine.api.Generation;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Counts what an endpoint was asked and what it told. Safe for any thread. */
final class RemoteMeter {
  private final LongAdder requests = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder attempts = new LongAdder();
  private final LongAdder promptTokens = new LongAdder();
  private final LongAdder cachedTokens = new LongAdder();
  private final LongAdder generatedTokens = new LongAdder();
  private final AtomicInteger running = new AtomicInteger();

  void started() {
    running.incrementAndGet();
  }

  void stopped() {
    running.decrementAndGet();
  }

  void attempted() {
    attempts.increment();
  }

  void failed() {
    requests.increment();
    failures.increment();
  }

  /**
   * @param result that has ended
   */
  void ended(CompletableFuture<Generation> result) {
    if (result.isCompletedExceptionally()) {
      failed();
    } else {
      answered(result.join());
    }
  }

  private void answered(Generation generation) {
    requests.increment();
    promptTokens.add(generation.promptTokens());
    cachedTokens.add(generation.cachedTokens());
    generatedTokens.add((long) generation.reasoningTokens() + generation.answerTokens());
  }

  /**
   * An attempt counts as a step.
   *
   * @param open requests that have not ended
   */
  EngineCounters counters(int open) {
    int active = running.get();
    return new EngineCounters(
        requests.sum(),
        failures.sum(),
        promptTokens.sum(),
        cachedTokens.sum(),
        0,
        generatedTokens.sum(),
        attempts.sum(),
        0,
        0,
        0,
        0,
        active,
        Math.max(0, open - active),
        0,
        0);
  }
}
