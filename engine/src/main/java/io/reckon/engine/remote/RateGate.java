package io.reckon.engine.remote;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Says when the next request may be sent: not before a pause that the server has asked for is over,
 * and not sooner after the one before than the limit a minute allows. Safe for any thread.
 */
final class RateGate {
  /** Requests that a pause held up start within so long after it, and not all at its end. */
  private static final long SPREAD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final long intervalNanos;
  private final long originNanos = System.nanoTime();
  // Both: since the origin, guarded by this.
  private long nextNanos;
  private long pausedUntilNanos;

  /**
   * @param requestsPerMinute 0 for any number
   */
  RateGate(int requestsPerMinute) {
    this.intervalNanos =
        requestsPerMinute == 0 ? 0 : TimeUnit.MINUTES.toNanos(1) / requestsPerMinute;
  }

  /** Returns when a request may be sent. */
  void await() throws InterruptedException {
    long wait = waitNanos();
    while (wait > 0) {
      TimeUnit.NANOSECONDS.sleep(wait);
      wait = waitNanos();
    }
  }

  /** Holds up all requests for so long. */
  synchronized void pause(Duration length) {
    pausedUntilNanos = Math.max(pausedUntilNanos, now() + length.toNanos());
  }

  /** How long to wait before asking again; 0 where the request has its turn. */
  private synchronized long waitNanos() {
    long now = now();
    if (now < pausedUntilNanos) {
      return pausedUntilNanos - now + ThreadLocalRandom.current().nextLong(SPREAD_NANOS);
    }
    if (now < nextNanos) {
      return nextNanos - now;
    }
    nextNanos = now + intervalNanos;
    return 0;
  }

  private long now() {
    return System.nanoTime() - originNanos;
  }
}
