package io.reckon.udfs.watch;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * A run while it generates: what the executors have made since it began. Work that was lost and
 * done again counts twice. Closing it ends the run for those who watch.
 */
public final class RunWatch implements AutoCloseable {
  private final ClusterCount cluster;
  private final String runId;
  private final long rows;
  private final GenerationCount madeBefore;
  private final long sampledBefore;
  private final long startNanos = System.nanoTime();

  RunWatch(ClusterCount cluster, String runId, long rows) {
    this.cluster = cluster;
    this.runId = runId;
    this.rows = rows;
    this.madeBefore = cluster.total();
    this.sampledBefore = cluster.sampledTokens();
  }

  public String runId() {
    return runId;
  }

  /** How many there are to generate. */
  public long rows() {
    return rows;
  }

  public GenerationCount made() {
    return cluster.total().minus(madeBefore);
  }

  public long rowsDone() {
    return Math.min(rows, made().rows());
  }

  /** Tokens that were written, those of rows that have not ended included. */
  public long sampledTokens() {
    return cluster.sampledTokens() - sampledBefore;
  }

  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  /** What the rest takes if it goes on like this; empty while no row has ended. */
  public OptionalDouble secondsLeft() {
    return secondsLeft(elapsed(), rowsDone(), rows);
  }

  /**
   * As above, for work that is measured otherwise.
   *
   * @param elapsed how long it took until now
   */
  public static OptionalDouble secondsLeft(Duration elapsed, long rowsDone, long rows) {
    return rowsDone == 0 || rowsDone >= rows
        ? OptionalDouble.empty()
        : OptionalDouble.of(elapsed.toMillis() / 1e3 * (rows - rowsDone) / rowsDone);
  }

  @Override
  public void close() {
    cluster.ended(this);
  }
}
