package io.reckon.jobs.infer;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.timestamp_micros;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.jobs.UserError;
import io.reckon.jobs.infer.Progress.Phase;
import io.reckon.jobs.infer.Progress.Update;
import io.reckon.jobs.infer.RunSummary.FamilyAccuracy;
import io.reckon.jobs.infer.RunSummary.RunCount;
import io.reckon.jobs.source.PromptSource;
import io.reckon.jobs.source.Prompts;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import io.reckon.udfs.EngineFactory;
import io.reckon.udfs.EngineLease;
import io.reckon.udfs.ExecutorEngine;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers every prompt of a source and appends the answers to the tables.
 *
 * <p>The way: read the prompts, generate into a staging folder, append from there to both tables,
 * write the run's row, delete the staging folder. Nothing is generated twice to fill a second
 * table, and no row passes through the driver.
 */
public final class InferJob {
  private static final Logger LOG = LoggerFactory.getLogger(InferJob.class);

  private final EngineFactory engines;

  /** Answers with Reckon's own engine. */
  public InferJob() {
    this(ExecutorEngine.local());
  }

  InferJob(EngineFactory engines) {
    this.engines = engines;
  }

  /**
   * Runs to the end.
   *
   * @throws UserError where an option, the source, the model or the output folder is at fault
   * @throws RunFailedException where the run broke on its way
   */
  public RunSummary run(SparkSession spark, InferOptions options, Progress progress) {
    Run run = Run.begin(options);
    progress.update(Update.begin(Phase.READING, 0));
    OutputFolder output = OutputFolder.at(spark, options.output());
    Prompts prompts = PromptSource.read(spark, options.prompts());
    requireModel(spark, options);
    output.prepare();
    Staging staging = new Staging(spark, output.staging(run.id()));
    Duration generating = generate(spark, run, prompts, output, staging, progress);
    progress.update(Update.begin(Phase.WRITING, prompts.count()));
    RunCount count = commit(spark, run, prompts, output, staging, generating);
    RunSummary summary = summary(run, prompts, output, staging, count, generating);
    delete(output, run);
    return summary;
  }

  /** Where driver and executor are one JVM, a wrong model is told before anything is written. */
  private void requireModel(SparkSession spark, InferOptions options) {
    if (!spark.sparkContext().isLocal()) {
      return;
    }
    try (EngineLease lease = ExecutorEngine.lease(options.engine(), engines)) {
      LOG.debug("The engine {} is ready", lease.engine().model().name());
    } catch (EngineException e) {
      throw isUsers(e) ? new UserError(e.getMessage(), e) : e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the engine loads", e);
    }
  }

  private Duration generate(
      SparkSession spark,
      Run run,
      Prompts prompts,
      OutputFolder output,
      Staging staging,
      Progress progress) {
    try {
      return staging.fill(run, prompts, engines, progress);
    } catch (Exception e) {
      // Spark throws checked exceptions that its Java signatures don't declare.
      RuntimeException failure = failure(run, e, "nothing was added to the tables");
      record(spark, run, prompts, output, failure);
      delete(output, run);
      throw failure;
    }
  }

  private static RunCount commit(
      SparkSession spark,
      Run run,
      Prompts prompts,
      OutputFolder output,
      Staging staging,
      Duration generating) {
    try {
      RunCount count = RunFigures.totals(staging.read());
      Dataset<Row> rows = tableRows(staging.read(), run, prompts);
      output.append(ReckonTable.REASONING_TRACES, rows, run.id());
      output.append(ReckonTable.ANSWERS, rows, run.id());
      output.append(ReckonTable.RUNS, run.row(spark, prompts, count, generating, ""), run.id());
      return count;
    } catch (Exception e) {
      String kept = "all its generations are kept as Parquet in " + output.staging(run.id());
      RuntimeException failure = failure(run, e, kept);
      record(spark, run, prompts, output, failure);
      throw failure;
    }
  }

  private static Dataset<Row> tableRows(Dataset<Row> generations, Run run, Prompts prompts) {
    return generations
        .withColumn("generated_at", timestamp_micros(col("generated_at_micros")))
        .withColumn("run_id", lit(run.id()))
        .withColumn("source_version", lit(prompts.version().orElse(null)));
  }

  private static RunSummary summary(
      Run run,
      Prompts prompts,
      OutputFolder output,
      Staging staging,
      RunCount count,
      Duration generating) {
    Dataset<Row> generations = staging.read();
    List<FamilyAccuracy> accuracy =
        prompts
            .expectations()
            .map(expected -> RunFigures.accuracy(generations, expected))
            .orElse(List.of());
    return new RunSummary(
        run.id(),
        output.toString(),
        count,
        generating,
        run.elapsed(),
        accuracy,
        RunFigures.examples(generations, prompts.rows(), run.options().examples()));
  }

  private static RuntimeException failure(Run run, Exception thrown, String kept) {
    Throwable cause = thrown;
    while (cause.getCause() != null && !(cause instanceof EngineException)) {
      cause = cause.getCause();
    }
    if (cause instanceof EngineException e && isUsers(e)) {
      return new UserError(e.getMessage(), thrown);
    }
    String reason = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return new RunFailedException(
        "run %s failed: %s (%s); %s"
            .formatted(run.id(), reason, cause.getClass().getSimpleName(), kept),
        thrown);
  }

  private static boolean isUsers(EngineException e) {
    return e.code() == ErrorCode.BAD_OPTION || e.code() == ErrorCode.BAD_CHECKPOINT;
  }

  /** The table of runs tells of the failure too, unless that fails as well. */
  private static void record(
      SparkSession spark, Run run, Prompts prompts, OutputFolder output, RuntimeException failure) {
    try {
      Dataset<Row> row =
          run.row(spark, prompts, RunCount.NOTHING, Duration.ZERO, failure.getMessage());
      output.append(ReckonTable.RUNS, row, run.id());
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  private static void delete(OutputFolder output, Run run) {
    try {
      output.deleteStaging(run.id());
    } catch (IOException e) {
      LOG.warn("Could not delete {}; it is of no more use", output.staging(run.id()), e);
    }
  }
}
