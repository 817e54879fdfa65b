package io.reckon.jobs.plan;

import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The tables at one moment: every query of a plan sees the same rows, also the part of it that is
 * computed again when an executor is lost while the run adds to the tables.
 */
record PriorResults(Dataset<Row> answers, Dataset<Row> runs) {
  static PriorResults of(OutputFolder output) {
    return new PriorResults(
        output.snapshot(ReckonTable.ANSWERS), output.snapshot(ReckonTable.RUNS));
  }
}
