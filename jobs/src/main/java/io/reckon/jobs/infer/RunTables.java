package io.reckon.jobs.infer;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.reckon.jobs.infer.RunSummary.Accuracy;
import io.reckon.jobs.infer.RunSummary.RunCount;
import io.reckon.jobs.plan.PlanFigures;
import io.reckon.jobs.report.HtmlReport;
import io.reckon.jobs.source.Prompts;
import io.reckon.jobs.tables.AnswerReader;
import io.reckon.jobs.tables.AnsweredPrompt;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run as its tables tell of it: what it has made, its row of {@code runs}, its summary. */
final class RunTables {
  private static final Logger LOG = LoggerFactory.getLogger(RunTables.class);

  private final SparkSession spark;
  private final Run run;
  private final Prompts prompts;
  private final OutputFolder output;
  private final GpuHours gpus;

  /** Of the GPUs; set when the run's row is written. */
  private double cost;

  /** Written after the run's row. */
  private Optional<String> report = Optional.empty();

  RunTables(SparkSession spark, Run run, Prompts prompts, OutputFolder output, GpuHours gpus) {
    this.spark = spark;
    this.run = run;
    this.prompts = prompts;
    this.output = output;
    this.gpus = gpus;
  }

  /** What stands in the answers. */
  RunCount count() {
    return RunFigures.totals(ownAnswers());
  }

  long failedRows() {
    return ownAnswers().where(col("error").isNotNull()).count();
  }

  /** Writes the votes over this run's prompts, once. */
  void add(Dataset<Row> votes) {
    output.append(ReckonTable.ANSWERS, votes, run.id() + "-votes", 0);
  }

  /**
   * Writes the row of a run that has ended, and its report.
   *
   * @param generating how long it generated
   * @param failure why it failed; empty where it did not
   */
  void end(RunCount count, Duration generating, String failure) {
    cost = gpus.total() * run.options().gpuHourPrice();
    Dataset<Row> row = run.row(spark, prompts, count, generating, cost, failure);
    output.append(ReckonTable.RUNS, row, run.id());
    report = run.options().report() ? writeReport(output, run.id()) : Optional.empty();
  }

  /**
   * What to tell of a run whose row is written.
   *
   * @param requests as the planner has them
   */
  RunSummary summary(RunCount count, PlanFigures plan, Dataset<Row> requests, Duration generating) {
    return new RunSummary(
        run.id(),
        output.toString(),
        plan.rows(),
        plan.asked(),
        count,
        generating,
        run.elapsed(),
        cost,
        accuracy(requests),
        examples(count),
        report);
  }

  /** Where a run's report lies. A page is a help to people; a run is done without it. */
  static Optional<String> writeReport(OutputFolder output, String runId) {
    try {
      return Optional.of(HtmlReport.write(output, runId));
    } catch (Exception e) {
      // Spark throws checked exceptions that its Java signatures don't declare.
      LOG.warn("The report of run {} was not written; its tables are complete", runId, e);
      return Optional.empty();
    }
  }

  private Dataset<Row> ownAnswers() {
    return output.rows(ReckonTable.ANSWERS).where(col("run_id").equalTo(lit(run.id())));
  }

  /** Of what this run asks, whichever run has answered it. */
  private Accuracy accuracy(Dataset<Row> requests) {
    return output.has(ReckonTable.ANSWERS) && prompts.expectations().isPresent()
        ? RunFigures.accuracy(
            AnswerReader.of(output, requests), prompts.expectations().orElseThrow())
        : Accuracy.NOTHING;
  }

  /** Of this run's rows: to look through all that there are would take long where they are many. */
  private List<AnsweredPrompt> examples(RunCount count) {
    return count.rows() == 0
        ? List.of()
        : RunFigures.examples(
            AnswerReader.ofRun(output, run.id()), prompts.rows(), run.options().examples());
  }
}
