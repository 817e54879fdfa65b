package io.reckon.jobs.infer;

import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * What is done when the process is told to end (Ctrl-C, a scheduler's signal) in the middle of a
 * run: before Spark stops and before file systems close.
 */
final class Interruption implements AutoCloseable {
  /** Spark's own hook has 40; higher ones run first. */
  private static final int PRIORITY = FileSystem.SHUTDOWN_HOOK_PRIORITY + 100;

  private final Runnable hook;

  /**
   * @param lastWords must return within seconds
   */
  Interruption(Runnable lastWords) {
    this.hook = lastWords;
    ShutdownHookManager.get().addShutdownHook(hook, PRIORITY);
  }

  /**
   * Returns where the process goes on; else waits for its end, so that nobody reports a failure.
   */
  void awaitEndIfBegun() {
    while (ShutdownHookManager.get().isShutdownInProgress()) {
      try {
        TimeUnit.SECONDS.sleep(1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  @Override
  public void close() {
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(hook);
    }
  }
}
