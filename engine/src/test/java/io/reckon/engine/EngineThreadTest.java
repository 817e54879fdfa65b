package io.reckon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EngineThreadTest {
  @Test
  void loadsAndRunsOnOneThread() {
    EngineThread thread = new EngineThread();
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    CompletableFuture<Boolean> joinedItself = new CompletableFuture<>();

    Thread loaded = thread.call(Thread::currentThread);
    thread.endWith(
        () -> {
          ran.complete(Thread.currentThread());
          joinedItself.complete(thread.join());
        });

    assertThat(ran.join()).isSameAs(loaded).isNotSameAs(Thread.currentThread());
    assertThat(joinedItself.join()).isFalse();
    assertThat(thread.join()).isTrue();
    assertThat(loaded.isAlive()).isFalse();
  }

  @Test
  void throwsWhatTheWorkThrows() {
    EngineThread thread = new EngineThread();
    IllegalArgumentException failure = new IllegalArgumentException("no such model");

    assertThatThrownBy(
            () ->
                thread.call(
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure);
    thread.end();
    assertThat(thread.join()).isTrue();
  }
}
