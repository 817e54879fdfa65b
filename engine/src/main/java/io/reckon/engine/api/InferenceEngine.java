package io.reckon.engine.api;

/** Answers prompts. Safe for any number of threads; requests in flight share each model step. */
public interface InferenceEngine extends AutoCloseable {
  /**
   * Queues a request. Waits while the queue is full, so a caller can't run ahead of the model.
   * Threads that submit take turns, and each one's requests start in the order in which it
   * submitted them; so a thread with many requests doesn't hold up one with few.
   *
   * @return at once with a handle whose future fails where the request itself is at fault (too
   *     long, refused by the template)
   * @throws EngineException {@link ErrorCode#ENGINE_CLOSED} after {@link #close}, {@link
   *     ErrorCode#ENGINE_FAILED} after a step has failed: such an engine must be opened anew
   * @throws InterruptedException if interrupted while it waits for room
   */
  GenerationHandle submit(GenerationRequest request) throws InterruptedException;

  /** The model this engine answers with. */
  ModelDescription model();

  /** Counters since the start. */
  EngineCounters counters();

  /** Ends the engine; what is in flight fails with {@link ErrorCode#ENGINE_CLOSED}. Idempotent. */
  @Override
  void close();
}
