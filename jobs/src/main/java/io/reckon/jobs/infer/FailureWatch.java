package io.reckon.jobs.infer;

/** Ends a run in which more rows fail than may. Passes on all it is told. */
final class FailureWatch implements Progress {
  private final Progress progress;
  private final long limit;
  private final Runnable stop;
  private volatile long failedRows;

  /**
   * @param limit most rows that may fail
   * @param stop called once, when more have
   */
  FailureWatch(Progress progress, long limit, Runnable stop) {
    this.progress = progress;
    this.limit = limit;
    this.stop = stop;
  }

  @Override
  public void update(Update update) {
    progress.update(update);
    if (update.failedRows() > limit && failedRows == 0) {
      failedRows = update.failedRows();
      stop.run();
    }
  }

  boolean stopped() {
    return failedRows > 0;
  }

  /** Why the run was stopped. */
  RunFailedException failure(String runId) {
    return failure(
        runId, failedRows, limit, "what was done is kept, and the same command goes on from there");
  }

  /**
   * What to say of too many failed rows.
   *
   * @param kept what became of the others
   */
  static RunFailedException failure(String runId, long failedRows, long limit, String kept) {
    return new RunFailedException(
        "run %s: %d rows failed, and --max-failed-rows allows %d; the column error of the answers says why; %s"
            .formatted(runId, failedRows, limit, kept));
  }
}
