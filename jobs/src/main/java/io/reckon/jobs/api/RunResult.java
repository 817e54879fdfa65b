package io.reckon.jobs.api;

import static org.apache.spark.sql.functions.col;

import io.reckon.jobs.infer.RunSummary;
import io.reckon.jobs.infer.RunSummary.RunCount;
import io.reckon.jobs.tables.AnswerReader;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What a run has left: its figures, and the tables of its output folder as they stand when they are
 * read. A run that found every prompt answered has made no rows, and the answers are there.
 */
public final class RunResult {
  /** What names a row in both tables. */
  private static final String[] OUTCOME = {"prompt_id", "sample", "run_id"};

  private final RunSummary summary;
  private final OutputFolder output;

  RunResult(SparkSession spark, RunSummary summary) {
    this.summary = summary;
    this.output = OutputFolder.at(spark, summary.output());
  }

  /**
   * The current answers: the newest row of each prompt and sample, with every column of {@link
   * ReckonTable#ANSWERS}.
   */
  public Dataset<Row> answers() {
    return newest().where(col("sample").notEqual(ReckonTable.VOTE));
  }

  /** The reasoning behind them: their rows of {@link ReckonTable#REASONING_TRACES}. */
  public Dataset<Row> traces() {
    return output.rows(ReckonTable.REASONING_TRACES).join(answers(), OUTCOME, "left_semi");
  }

  /** The newest vote over each prompt's samples; columns as {@link #answers} has them. */
  public Dataset<Row> votes() {
    return newest().where(col("sample").equalTo(ReckonTable.VOTE));
  }

  /** Every run that this output folder has seen, as {@link ReckonTable#RUNS} tells of it. */
  public Dataset<Row> runs() {
    return output.rows(ReckonTable.RUNS);
  }

  /** Rows and tokens of this run alone. */
  public RunCount count() {
    return summary.count();
  }

  /** All that is told of this run. */
  public RunSummary summary() {
    return summary;
  }

  private Dataset<Row> newest() {
    return AnswerReader.newest(output.rows(ReckonTable.ANSWERS));
  }
}
