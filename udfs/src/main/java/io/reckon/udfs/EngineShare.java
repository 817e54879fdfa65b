package io.reckon.udfs;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.InferenceEngine;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets all tasks of a JVM into its engine: side by side, or one request with the engine to itself.
 * Safe for any thread.
 */
final class EngineShare {
  private static final int ALL = Integer.MAX_VALUE;

  private final InferenceEngine engine;
  // Fair, so that a request that wants the engine alone is not overtaken for ever.
  private final Semaphore places = new Semaphore(ALL, true);
  private final AtomicInteger inFlight = new AtomicInteger();

  /** Threads in {@link #submit}; read and written with this locked. */
  private final Set<Thread> submitting = new HashSet<>();

  private volatile String givenUp;

  /** What the engine has told a request; it takes no other. */
  private volatile EngineException failure;

  EngineShare(InferenceEngine engine) {
    this.engine = engine;
  }

  /**
   * Submits a request.
   *
   * @param alone whether to wait until the engine has no other, and to keep others out until it
   *     ends
   * @throws EngineException as the engine does, and where it is given up meanwhile
   */
  GenerationHandle submit(GenerationRequest request, boolean alone) throws InterruptedException {
    try (Turn turn = take(alone)) {
      return turn.submit(request);
    }
  }

  /**
   * Waits for a turn. What waits here the engine does not have yet.
   *
   * @param alone as {@link #submit} takes it
   * @throws EngineException where the engine is given up meanwhile, or has failed
   */
  Turn take(boolean alone) throws InterruptedException {
    int taken = alone ? ALL : 1;
    interruptibly(
        () -> {
          places.acquire(taken);
          return taken;
        });
    if (failure != null) { // Else the next would count among those that it died over.
      places.release(taken);
      throw new EngineException(failure.code(), failure.getMessage(), failure);
    }
    return new Turn(taken);
  }

  /**
   * Leave to submit one request. The places are free again once the turn is closed and the request
   * has ended, so who runs a row alone can write down that it is over before another begins.
   */
  final class Turn implements AutoCloseable {
    private final int taken;
    private CompletableFuture<?> ended = CompletableFuture.completedFuture(null);

    private Turn(int taken) {
      this.taken = taken;
    }

    /** Submits the request, as {@link InferenceEngine#submit} does. */
    GenerationHandle submit(GenerationRequest request) throws InterruptedException {
      inFlight.incrementAndGet();
      try {
        GenerationHandle handle = interruptibly(() -> engine.submit(request));
        ended = handle.result().whenComplete((generation, thrown) -> left(thrown));
        return handle;
      } catch (InterruptedException | RuntimeException | Error e) {
        left(e);
        throw e;
      }
    }

    @Override
    public void close() {
      var unused = ended.whenComplete((any, thrown) -> places.release(taken));
    }
  }

  private void left(Throwable thrown) {
    if (EngineFailures.cause(thrown) instanceof EngineException e
        && e.code() == ErrorCode.ENGINE_FAILED) {
      failure = e;
    }
    inFlight.decrementAndGet();
  }

  InferenceEngine engine() {
    return engine;
  }

  /**
   * Says that the engine will end no request any more. Who waits for room in it waits no longer.
   */
  void giveUp(String reason) {
    synchronized (submitting) {
      givenUp = reason;
      submitting.forEach(Thread::interrupt);
    }
  }

  /**
   * @throws EngineException where the engine was given up
   */
  void requireAlive() {
    if (givenUp != null) {
      throw new EngineException(ErrorCode.ENGINE_FAILED, givenUp);
    }
  }

  boolean isGivenUp() {
    return givenUp != null;
  }

  /** Requests that have not ended. */
  int inFlight() {
    return inFlight.get();
  }

  /** A wait that ends where the engine is given up. */
  private interface Wait<T> {
    T done() throws InterruptedException;
  }

  private <T> T interruptibly(Wait<T> wait) throws InterruptedException {
    begin();
    try {
      return wait.done();
    } catch (InterruptedException e) {
      requireAlive();
      throw e;
    } finally {
      end();
    }
  }

  private void begin() {
    synchronized (submitting) {
      requireAlive();
      submitting.add(Thread.currentThread());
    }
  }

  private void end() {
    synchronized (submitting) {
      submitting.remove(Thread.currentThread());
      if (givenUp != null) {
        var unused = Thread.interrupted(); // Told by the exception.
      }
    }
  }
}
