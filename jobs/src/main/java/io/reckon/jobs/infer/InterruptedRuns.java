package io.reckon.jobs.infer;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import io.reckon.jobs.commit.Recovery;
import io.reckon.jobs.commit.RunLock;
import io.reckon.jobs.commit.RunNote;
import io.reckon.jobs.commit.StateFolder;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Ends runs that have died: their rows go to the tables, the table of runs tells of them, and so do
 * their reports.
 */
final class InterruptedRuns {
  private InterruptedRuns() {}

  /**
   * Whether there were any.
   *
   * @param reports whether to leave their reports
   * @throws IOException where another run has taken the lock, and what the file systems throw
   */
  static boolean recover(
      SparkSession spark, OutputFolder output, StateFolder state, RunLock lock, boolean reports)
      throws IOException {
    List<String> runs = new Recovery(spark, output, state, lock).complete();
    for (String run : runs) {
      Optional<RunNote> note = state.readNote(run);
      if (note.isPresent()) {
        Dataset<Row> answers =
            output.rows(ReckonTable.ANSWERS).where(col("run_id").equalTo(lit(run)));
        Row last = answers.agg(max(col("generated_at").cast("double"))).head();
        Instant ended =
            last.isNullAt(0)
                ? Instant.ofEpochMilli(note.get().startedAtMillis())
                : Instant.ofEpochMilli(Math.round(last.getDouble(0) * 1e3));
        lock.requireHeld();
        output.append(
            ReckonTable.RUNS,
            Run.interruptedRow(spark, run, note.get(), ended, RunFigures.totals(answers)),
            run);
        if (reports) {
          var unused = RunTables.writeReport(output, run);
        }
      }
      lock.requireHeld();
      state.forget(run);
    }
    return !runs.isEmpty();
  }
}
