package io.reckon.udfs;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.InferenceEngine;
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
  private volatile String givenUp;

  EngineShare(InferenceEngine engine) {
    this.engine = engine;
  }

  /**
   * Submits a request.
   *
   * @param alone whether to wait until the engine has no other, and to keep others out until it
   *     ends
   */
  GenerationHandle submit(GenerationRequest request, boolean alone) throws InterruptedException {
    int taken = alone ? ALL : 1;
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

  /** Says that the engine will end no request any more. */
  void giveUp(String reason) {
    givenUp = reason;
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

  private void leave(int taken) {
    inFlight.decrementAndGet();
    places.release(taken);
  }
}
