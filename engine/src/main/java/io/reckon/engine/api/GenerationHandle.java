package io.reckon.engine.api;

import java.util.concurrent.CompletableFuture;

/** A request that was submitted. Safe for any thread. */
public interface GenerationHandle {
  /**
   * The generation once it ends; fails with an {@link EngineException} where the request fails.
   * Cancelling this future does nothing to the request; use {@link #cancel}. What depends on it may
   * run on the engine's thread: keep that short, or give it an executor.
   */
  CompletableFuture<Generation> result();

  /** Ends the request at the next step; its future then fails with {@link ErrorCode#CANCELLED}. */
  void cancel();
}
