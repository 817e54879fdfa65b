package io.reckon.engine.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ThreadsTest {
  @Test
  void waitsThroughInterruptsAndTellsOfThemAfterwards() {
    CountDownLatch end = new CountDownLatch(1);
    Thread caller = Thread.currentThread();
    Thread awaited =
        Threads.daemons("awaited")
            .newThread(
                () -> {
                  caller.interrupt();
                  end.countDown();
                });
    awaited.start();

    Threads.join(awaited);

    assertThat(awaited.isAlive()).isFalse();
    assertThat(awaited.isDaemon()).isTrue();
    assertThat(end.getCount()).isZero();
    assertThat(Thread.interrupted()).isTrue();
  }
}
