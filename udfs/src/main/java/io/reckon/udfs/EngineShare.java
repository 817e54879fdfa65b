package io.reckon.udfs;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.InferenceEngine;
import java.util.HashSet;
import java.util.Set;
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
    begin();
    try {
      return submit(request, alone ? ALL : 1);
    } catch (InterruptedException e) {
      requireAlive();
      throw e;
    } finally {
      end();
    }
  }

  private GenerationHandle submit(GenerationRequest request, int taken)
      throws InterruptedException {
    places.acquire(taken);
    inFlight.incrementAndGet();
    try {
      GenerationHandle handle = engine.submit(request);
      var unused = handle.result().whenComplete((generation, failure) -> leave(taken));
      return handle;
    } catch (InterruptedException | RuntimeException | Error e) {
      leave(taken);
      throw e;
    }
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

  /** Requests that have not ended. */
  int inFlight() {
    return inFlight.get();
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

  private void leave(int taken) {
    inFlight.decrementAndGet();
    places.release(taken);
  }
}
