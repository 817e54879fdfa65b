package io.reckon.engine.common;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** What every background thread of Reckon is made by, and waited for. */
public final class Threads {
  private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

  private Threads() {}

  /** Makes threads that keep no process alive, all of one name. */
  public static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Waits for some work and gives its result; throws what the work threw. */
  public static <T> T result(CompletableFuture<T> work) {
    try {
      return work.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw e;
    }
  }

  /** Returns once a thread has ended, however often the caller is interrupted meanwhile. */
  public static void join(Thread thread) {
    join(thread, FOREVER);
  }

  /** The same, but returns after so long at the latest. */
  public static void join(Thread thread, Duration longest) {
    boolean interrupted = false;
    long start = System.nanoTime();
    long left = longest.toNanos();
    while (thread.isAlive() && left > 0) {
      try {
        TimeUnit.NANOSECONDS.timedJoin(thread, left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      left = longest.toNanos() - (System.nanoTime() - start);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
