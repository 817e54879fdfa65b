package io.reckon.jobs.source;

import io.delta.tables.DeltaTable;
import io.reckon.jobs.UserError;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** Where a source stands: by this a later reading tells what is new. */
public sealed interface SourceState {
  /**
   * A Delta table at a version.
   *
   * @param id the table's own; another table at the same path has another
   * @param columns those that are taken for prompts and ids: a column that is added to the table
   *     may be another
   */
  record OfTable(String id, List<String> columns, long version) implements SourceState {
    /** The same table as it stood at another version. */
    public OfTable at(long other) {
      return new OfTable(id, columns, other);
    }
  }

  /**
   * Files.
   *
   * @param stamps by path, what tells one state of a file from another
   */
  record OfFiles(Map<String, String> stamps) implements SourceState {}

  /**
   * Looks at a source; reads no row of it.
   *
   * @throws UserError where the path or the format is at fault
   */
  static SourceState look(SparkSession spark, PromptOptions options) {
    SourceFiles files = new SourceFiles(options.path(), spark.sparkContext().hadoopConfiguration());
    if (SourceTable.format(options, files) != SourceFormat.DELTA) {
      return new OfFiles(files.stamps());
    }
    DeltaTable table = SourceTable.deltaTable(spark, options.path(), files);
    String id = table.detail().select("id").head().getString(0);
    List<String> columns =
        new SourceColumns(table.toDF().schema()).taken(options.promptColumn(), options.idColumn());
    return new OfTable(id, columns, SourceTable.newestVersion(table));
  }
}
