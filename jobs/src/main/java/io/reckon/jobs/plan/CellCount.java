package io.reckon.jobs.plan;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What a plan has for the rows of one cell, or of all. There are some ten thousands of cells at
 * most, however many rows.
 *
 * @param asked samples that the rows ask for
 * @param open those of them that the rows lack
 * @param work requests to generate
 * @param generations samples of those
 * @param promptTokens what the prompts of those come to
 */
record CellCount(
    int cell,
    long rows,
    long asked,
    long open,
    long doneRows,
    long rerunRows,
    long reusedRows,
    long mergedRows,
    long work,
    long generations,
    long promptTokens) {
  private static final CellCount ZERO = new CellCount(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** Counts by cell, on the executors. */
  static List<CellCount> of(Dataset<Row> byRequest) {
    Column isWork = size(col("samples")).gt(0);
    Column openRows = col("rows").minus(col("done_rows"));
    return byRequest
        .groupBy("cell")
        .agg(
            sum("rows"),
            sum("asked"),
            sum("open"),
            sum("done_rows"),
            sum("rerun_rows"),
            sum(when(isWork, lit(0)).otherwise(openRows)),
            sum(when(isWork, openRows.minus(1)).otherwise(0)),
            count_if(isWork),
            sum(size(col("samples"))),
            sum(when(isWork, col("prompt_tokens")).otherwise(0)))
        .collectAsList()
        .stream()
        .map(CellCount::of)
        .toList();
  }

  static CellCount total(List<CellCount> cells) {
    return cells.stream().reduce(ZERO, CellCount::plus);
  }

  private static CellCount of(Row row) {
    return new CellCount(
        row.getInt(0),
        row.getLong(1),
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6),
        row.getLong(7),
        row.getLong(8),
        row.getLong(9),
        row.getLong(10));
  }

  private CellCount plus(CellCount other) {
    return new CellCount(
        cell,
        rows + other.rows,
        asked + other.asked,
        open + other.open,
        doneRows + other.doneRows,
        rerunRows + other.rerunRows,
        reusedRows + other.reusedRows,
        mergedRows + other.mergedRows,
        work + other.work,
        generations + other.generations,
        promptTokens + other.promptTokens);
  }

  /** What generating takes, by the expected length of one output. */
  long tokens(double outputTokens) {
    return promptTokens + Math.round(generations * outputTokens);
  }
}
