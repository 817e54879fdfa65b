package io.reckon.jobs.source;

import io.delta.tables.DeltaTable;
import io.reckon.jobs.UserError;
import java.util.Optional;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A source as Spark reads it.
 *
 * @param rows all its rows and columns; text formats give every value as text
 * @param version the version that was read, where the source has versions
 */
record SourceTable(Dataset<Row> rows, SourceFormat format, Optional<Long> version) {
  static SourceTable read(SparkSession spark, PromptOptions options) {
    SourceFiles files = new SourceFiles(options.path(), spark.sparkContext().hadoopConfiguration());
    SourceFormat format =
        options.format().equals(PromptOptions.AUTO)
            ? files.detect()
            : SourceFormat.named(options.format());
    try {
      return read(spark, options.path(), format, files);
    } catch (UserError e) {
      throw e;
    } catch (Exception e) {
      // Spark throws checked exceptions that its Java signatures don't declare.
      throw new UserError(
          "cannot read '%s' as %s: %s; check --prompts and --format"
              .formatted(options.path(), format.label(), firstLine(e)),
          e);
    }
  }

  private static SourceTable read(
      SparkSession spark, String path, SourceFormat format, SourceFiles files) {
    DataFrameReader reader = spark.read();
    return switch (format) {
      case DELTA -> delta(spark, path, files);
      case PARQUET -> unversioned(reader.parquet(path), format);
      case JSON -> unversioned(json(reader, files.jsonSpansLines()).json(path), format);
      case JSONL -> unversioned(json(reader, false).json(path), format);
      case CSV -> unversioned(csv(reader).csv(path), format);
      case TEXT -> unversioned(reader.text(path), format);
    };
  }

  /** Numbers stay as they are written: ids such as 007 and answers such as 0.50 mean their text. */
  private static DataFrameReader json(DataFrameReader reader, boolean spansLines) {
    return reader.option("multiLine", spansLines).option("primitivesAsString", true);
  }

  private static DataFrameReader csv(DataFrameReader reader) {
    return reader.option("header", true).option("multiLine", true).option("escape", "\"");
  }

  /** One version for all reads of a run, whoever writes meanwhile. */
  private static SourceTable delta(SparkSession spark, String path, SourceFiles files) {
    if (!files.hasDeltaLog()) {
      throw new UserError("'" + path + "' is not a Delta table; check --prompts and --format");
    }
    long version = DeltaTable.forPath(spark, path).history(1).select("version").head().getLong(0);
    Dataset<Row> rows = spark.read().format("delta").option("versionAsOf", version).load(path);
    return new SourceTable(rows, SourceFormat.DELTA, Optional.of(version));
  }

  private static SourceTable unversioned(Dataset<Row> rows, SourceFormat format) {
    return new SourceTable(rows, format, Optional.empty());
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("unknown reason");
  }
}
