package io.reckon.engine.api;

/**
 * Totals since the engine started; a snapshot.
 *
 * @param requests requests that ended, well or not
 * @param failures those of them that failed
 * @param promptTokens prompt tokens computed or taken from the cache
 * @param cachedTokens those of them taken from the cache
 * @param generatedTokens tokens sampled
 * @param steps model steps
 * @param running requests in the batch now
 * @param waiting requests in the queue now
 */
public record EngineCounters(
    long requests,
    long failures,
    long promptTokens,
    long cachedTokens,
    long generatedTokens,
    long steps,
    int running,
    int waiting) {}
