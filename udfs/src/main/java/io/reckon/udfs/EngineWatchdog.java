package io.reckon.udfs;

import io.reckon.engine.api.EngineCounters;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.common.Threads;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/** Notices an engine that has requests and ends no step, from a thread of its own. */
final class EngineWatchdog implements AutoCloseable {
  private static final int LOOKS_A_LIMIT = 10;

  private final InferenceEngine engine;
  private final IntSupplier inFlight;
  private final Duration limit;
  private final Consumer<String> stuck;
  private final Thread thread = Threads.daemons("reckon-watchdog").newThread(this::watch);

  private EngineWatchdog(
      InferenceEngine engine, IntSupplier inFlight, Duration limit, Consumer<String> stuck) {
    this.engine = engine;
    this.inFlight = inFlight;
    this.limit = limit;
    this.stuck = stuck;
  }

  /**
   * @param inFlight how many requests the engine has
   * @param limit how long a step may take
   * @param stuck is told once, in a sentence
   */
  static EngineWatchdog start(
      InferenceEngine engine, IntSupplier inFlight, Duration limit, Consumer<String> stuck) {
    EngineWatchdog watchdog = new EngineWatchdog(engine, inFlight, limit, stuck);
    watchdog.thread.start();
    return watchdog;
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void watch() {
    try {
      long seen = progress();
      long sinceNanos = System.nanoTime();
      while (true) {
        TimeUnit.NANOSECONDS.sleep(limit.toNanos() / LOOKS_A_LIMIT);
        if (inFlight.getAsInt() == 0 || progress() != seen) {
          seen = progress();
          sinceNanos = System.nanoTime();
        } else if (System.nanoTime() - sinceNanos > limit.toNanos()) {
          stuck.accept(reason());
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Closed.
    }
  }

  private long progress() {
    EngineCounters counters = engine.counters();
    return counters.steps() + counters.requests() + counters.failures();
  }

  private String reason() {
    return "the engine ended no step for %d s with %d requests in flight; a device may be lost, or %s be too short for this model"
        .formatted(limit.toSeconds(), inFlight.getAsInt(), ReckonSparkConf.STEP_LIMIT);
  }
}
