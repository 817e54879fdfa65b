package io.reckon.engine.api;

/**
 * Totals since the engine started; a snapshot.
 *
 * @param requests requests that ended, well or not
 * @param failures those of them that failed
 * @param promptTokens prompt tokens computed or taken from the cache
 * @param cachedTokens those of them taken from the cache
 * @param computedTokens tokens that model steps took in, computing again after a pause and drafts
 *     included
 * @param generatedTokens tokens sampled
 * @param steps model steps
 * @param evictions cache pages whose contents were dropped to make room
 * @param pauses how often a running request gave up its pages, to be computed again
 * @param draftedTokens guesses at what comes next that steps computed
 * @param acceptedTokens those of them that came and saved their request a step
 * @param running requests in the batch now
 * @param waiting requests in the queue now
 * @param pages pages of the cache
 * @param pagesHeld those of them that requests in the batch hold now
 */
public record EngineCounters(
    long requests,
    long failures,
    long promptTokens,
    long cachedTokens,
    long computedTokens,
    long generatedTokens,
    long steps,
    long evictions,
    long pauses,
    long draftedTokens,
    long acceptedTokens,
    int running,
    int waiting,
    int pages,
    int pagesHeld) {
  /** Where there is no engine that could have counted. */
  public static final EngineCounters NONE =
      new EngineCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
