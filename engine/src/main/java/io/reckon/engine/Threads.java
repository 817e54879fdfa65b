package io.reckon.engine;

import java.util.concurrent.ThreadFactory;

/** What every background thread of Reckon is made by, and waited for. */
public final class Threads {
  private Threads() {}

  /** Makes threads that keep no process alive, all of one name. */
  public static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Returns once a thread has ended, however often the caller is interrupted meanwhile. */
  public static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
