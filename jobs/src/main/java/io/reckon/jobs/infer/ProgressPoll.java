package io.reckon.jobs.infer;

import io.reckon.engine.common.Threads;
import io.reckon.jobs.infer.Progress.Phase;
import io.reckon.jobs.infer.Progress.Update;
import io.reckon.udfs.watch.ClusterCount;
import io.reckon.udfs.watch.GenerationCount;
import io.reckon.udfs.watch.RunWatch;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkStageInfo;
import org.apache.spark.SparkStatusTracker;

/**
 * Tells how generating goes, once a second from a thread of its own: by the plugin's count where
 * there is one, else by the tasks that have ended.
 */
final class ProgressPoll implements AutoCloseable {
  private static final long PERIOD_MILLIS = 1000;

  private final Progress progress;
  private final SparkStatusTracker tracker;
  private final String runId;
  private final long rows;
  private final Optional<RunWatch> watch;
  private final long startNanos = System.nanoTime();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(Threads.daemons("reckon-progress"));

  ProgressPoll(Progress progress, SparkStatusTracker tracker, String runId, long rows) {
    this.progress = progress;
    this.tracker = tracker;
    this.runId = runId;
    this.rows = rows;
    this.watch = ClusterCount.current().map(cluster -> cluster.watch(runId, rows));
    progress.update(Update.begin(Phase.GENERATING, rows));
    var unused =
        clock.scheduleWithFixedDelay(
            this::tell, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Since this was made. */
  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  @Override
  public void close() {
    clock.shutdownNow();
    watch.ifPresent(RunWatch::close);
    try {
      clock.awaitTermination(PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many rows have ended, in words. */
  String soFar() {
    return "%d of %d answers".formatted(done(), rows);
  }

  private long done() {
    return watch.map(RunWatch::rowsDone).orElseGet(this::rowsOfEndedTasks);
  }

  private void tell() {
    GenerationCount made = watch.map(RunWatch::made).orElse(GenerationCount.ZERO);
    progress.update(
        new Update(
            Phase.GENERATING,
            done(),
            rows,
            made.failedRows(),
            watch.map(RunWatch::sampledTokens).orElse(0L),
            made.cacheHitRate(),
            elapsed()));
  }

  /** The newest stage is the one that generates; those before it only move the prompts. */
  private long rowsOfEndedTasks() {
    int newest = -1;
    for (int job : tracker.getJobIdsForTag(runId)) {
      for (int stage :
          tracker.getJobInfo(job).map(info -> info.stageIds()).getOrElse(() -> new int[0])) {
        newest = Math.max(newest, stage);
      }
    }
    if (newest < 0) {
      return 0;
    }
    SparkStageInfo stage = tracker.getStageInfo(newest).getOrElse(() -> null);
    return stage == null || stage.numTasks() == 0
        ? 0
        : rows * stage.numCompletedTasks() / stage.numTasks();
  }
}
