package io.reckon.engine.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RateGateTest {
  @Test
  void thoseThatAPauseHeldUpDoNotStartAllAtOnce() throws InterruptedException {
    RateGate gate = new RateGate(0);
    gate.pause(Duration.ofMillis(200));
    long start = System.nanoTime();
    ConcurrentLinkedQueue<Long> starts = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      threads.add(new Thread(() -> starts.add(startNanos(gate) - start)));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    LongSummaryStatistics nanos = starts.stream().mapToLong(Long::longValue).summaryStatistics();
    assertThat(nanos.getMin()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(190));
    assertThat(nanos.getMax() - nanos.getMin()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(100));
  }

  private static long startNanos(RateGate gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return System.nanoTime();
  }
}
