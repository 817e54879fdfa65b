package io.reckon.udfs.watch;

import io.reckon.udfs.watch.ClusterHistory.Moment;
import java.io.Serializable;

/**
 * What an executor tells the driver, from time to time: how it stands, and totals since it started,
 * so that a report that is lost or comes twice does no harm.
 *
 * @param executorId Spark's name for it, never used twice in one application
 * @param gpuAddress the GPU it holds, {@code none} where it holds none
 * @param engine its engine in a line; empty before one is loaded
 * @param engineLoads engines loaded in this JVM so far
 * @param made what its tasks made
 * @param sampledTokens tokens that its engines wrote, those of rows that have not ended included
 * @param running requests in its engine's batch now
 * @param waiting requests in its engine's queue now
 * @param evictions pages of the cache that its engine emptied to make room
 * @param pauses how often a request of its engine gave up its pages
 */
public record ExecutorReport(
    String executorId,
    String gpuAddress,
    String engine,
    int engineLoads,
    GenerationCount made,
    long sampledTokens,
    int running,
    int waiting,
    long evictions,
    long pauses)
    implements Serializable {
  /** The last of an executor that is gone, whose requests have gone with it. */
  ExecutorReport atTheEnd() {
    return new ExecutorReport(
        executorId, gpuAddress, engine, engineLoads, made, sampledTokens, 0, 0, evictions, pauses);
  }

  Moment at(double seconds) {
    return new Moment(seconds, made, sampledTokens, running, waiting);
  }
}
