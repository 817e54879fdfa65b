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
import io.reckon.jobs.source.Prompts;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import io.reckon.udfs.EngineFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run over prompts and tables that were found good: generate into a staging folder, append from
 * there to both tables, write the run's row, count, delete the staging folder. Nothing is generated
 * twice to fill a second table.
 */
final class InferRun {
  private static final Logger LOG = LoggerFactory.getLogger(InferRun.class);

  private final SparkSession spark;
  private final Run run;
  private final Prompts prompts;
  private final OutputFolder output;
  private final Progress progress;
  private final Staging staging;

  InferRun(SparkSession spark, Run run, Prompts prompts, OutputFolder output, Progress progress) {
    this.spark = spark;
    this.run = run;
    this.prompts = prompts;
    this.output = output;
    this.progress = progress;
    this.staging = new Staging(spark, output.staging(run.id()));
  }

  RunSummary complete(EngineFactory engines) {
    Duration generating = generate(engines);
    progress.update(Update.begin(Phase.WRITING, prompts.count()));
    RunCount count = commit(generating);
    RunSummary summary = summary(count, generating);
    deleteStaging();
    return summary;
  }

  private Duration generate(EngineFactory engines) {
    try {
      return staging.fill(run, prompts, engines, progress);
    } catch (Exception e) {
      // Spark throws checked exceptions that its Java signatures don't declare.
      RuntimeException failure = recorded(e, "nothing was added to the tables");
      deleteStaging();
      throw failure;
    }
  }

  private RunCount commit(Duration generating) {
    try {
      RunCount count = RunFigures.totals(staging.read());
      Dataset<Row> rows = tableRows(staging.read());
      output.append(ReckonTable.REASONING_TRACES, rows, run.id());
      output.append(ReckonTable.ANSWERS, rows, run.id());
      output.append(ReckonTable.RUNS, run.row(spark, prompts, count, generating, ""), run.id());
      return count;
    } catch (Exception e) {
      throw recorded(e, "all its generations are kept as Parquet in " + output.staging(run.id()));
    }
  }

  private Dataset<Row> tableRows(Dataset<Row> generations) {
    return generations
        .withColumn("generated_at", timestamp_micros(col("generated_at_micros")))
        .withColumn("run_id", lit(run.id()))
        .withColumn("source_version", lit(prompts.version().orElse(null)));
  }

  private RunSummary summary(RunCount count, Duration generating) {
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

  /** The table of runs tells of the failure too, unless that fails as well. */
  private RuntimeException recorded(Exception thrown, String kept) {
    RuntimeException failure = failure(thrown, kept);
    try {
      Dataset<Row> row =
          run.row(spark, prompts, RunCount.NOTHING, Duration.ZERO, failure.getMessage());
      output.append(ReckonTable.RUNS, row, run.id());
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  private RuntimeException failure(Exception thrown, String kept) {
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

  /** Whether the user's model or options are at fault, and not the engine. */
  static boolean isUsers(EngineException e) {
    return e.code() == ErrorCode.BAD_OPTION || e.code() == ErrorCode.BAD_CHECKPOINT;
  }

  private void deleteStaging() {
    try {
      output.deleteStaging(run.id());
    } catch (IOException e) {
      LOG.warn("Could not delete {}; it is of no more use", output.staging(run.id()), e);
    }
  }
}
