package io.reckon.jobs.infer;

import java.util.function.LongSupplier;

/** Ends a run in which more rows fail than may. */
final class FailureWatch {
  private final long limit;
  private final LongSupplier failedRows;
  private final Runnable stop;

  /** Counted when the run was stopped; 0 before. */
  private volatile long counted;

  /**
   * @param limit most rows that may fail
   * @param failedRows counts those that have; asked only where there is a limit
   * @param stop called once, when more have
   */
  FailureWatch(long limit, LongSupplier failedRows, Runnable stop) {
    this.limit = limit;
    this.failedRows = failedRows;
    this.stop = stop;
  }

  /** Counts, and stops the run where too many have failed. For one thread. */
  void look() {
    if (limit == Long.MAX_VALUE || stopped()) {
      return;
    }
    long failed = failedRows.getAsLong();
    if (failed > limit) {
      counted = failed;
      stop.run();
    }
  }

  boolean stopped() {
    return counted > 0;
  }

  /** Why the run was stopped. */
  RunFailedException failure(String runId) {
    return RunFailedException.tooManyRows(runId, counted, limit, RunFailedException.KEPT);
  }
}
