package io.reckon.jobs.source;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Rows of a source that have the same columns.
 *
 * @param file one that they are in, where other files have other columns; else empty
 */
record SourcePart(Dataset<Row> rows, String file) {
  static SourcePart whole(Dataset<Row> rows) {
    return new SourcePart(rows, "");
  }
}
