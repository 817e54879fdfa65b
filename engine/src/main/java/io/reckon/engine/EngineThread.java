package io.reckon.engine;

import io.reckon.engine.common.Threads;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * An engine's thread. Whatever libtorch does for it is done here, loading too: a thread that has
 * computed keeps libgomp workers of its own, and with more workers than cores libgomp lets none of
 * them spin while they wait, which halves the tokens a second.
 */
final class EngineThread {
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = Threads.daemons("reckon-engine").newThread(task);
            this.thread = made;
            return made;
          });

  private volatile Thread thread;

  /** Does some work here and waits for it; throws what it throws. */
  <T> T call(Supplier<T> work) {
    return Threads.result(CompletableFuture.supplyAsync(work, executor));
  }

  /** Starts what the thread does until it ends. */
  void endWith(Runnable work) {
    executor.execute(work);
    executor.shutdown();
  }

  /** Ends an idle thread. */
  void end() {
    executor.shutdown();
  }

  /** Returns once the thread has ended; gives false, at once, where it is asked by itself. */
  boolean join() {
    if (Thread.currentThread() == thread) {
      return false;
    }
    Threads.join(thread);
    return true;
  }
}
