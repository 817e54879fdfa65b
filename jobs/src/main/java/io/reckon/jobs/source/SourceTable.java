package io.reckon.jobs.source;

import io.delta.tables.DeltaTable;
import io.reckon.jobs.UserError;
import io.reckon.jobs.batch.BatchFile;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A source as Spark reads it.
 *
 * @param parts all its rows and columns; text formats give every value as text
 * @param version the version that was read, where the source has versions
 */
record SourceTable(List<SourcePart> parts, Optional<Long> version) {
  static SourceTable read(SparkSession spark, PromptOptions options) {
    SourceFiles files = new SourceFiles(options.path(), spark.sparkContext().hadoopConfiguration());
    SourceFormat format = format(options, files);
    try {
      return format == SourceFormat.DELTA
          ? delta(spark, options.path(), files)
          : new SourceTable(allFiles(spark, format, files, options.path()), Optional.empty());
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

  /**
   * Some of the files of a source, as if there were no others.
   *
   * @param paths of files, none of them a pattern
   */
  static List<SourcePart> readFiles(
      SparkSession spark, SourceFormat format, SourceFiles files, String root, List<String> paths) {
    return parts(spark, files, root, files.alike(format, paths));
  }

  private static List<SourcePart> allFiles(
      SparkSession spark, SourceFormat format, SourceFiles files, String root) {
    if (format == SourceFormat.OPENAI_BATCH) { // Hadoop would trip over other folders beside them.
      List<String> paths = List.copyOf(files.stamps().keySet());
      return List.of(SourcePart.whole(together(spark, format, files, root, paths)));
    }
    if (format != SourceFormat.CSV && format != SourceFormat.JSON) {
      return List.of(SourcePart.whole(rows(spark, spark.read(), format, files, root)));
    }
    List<AlikeFiles> groups = files.alike(format, List.copyOf(files.stamps().keySet()));
    return groups.size() == 1
        ? List.of(SourcePart.whole(rows(spark, spark.read(), groups.get(0).format(), files, root)))
        : parts(spark, files, root, groups);
  }

  private static List<SourcePart> parts(
      SparkSession spark, SourceFiles files, String root, List<AlikeFiles> groups) {
    return groups.stream()
        .map(
            group ->
                new SourcePart(
                    together(spark, group.format(), files, root, group.paths()),
                    groups.size() > 1 ? group.paths().get(0) : ""))
        .toList();
  }

  private static Dataset<Row> together(
      SparkSession spark, SourceFormat format, SourceFiles files, String root, List<String> paths) {
    DataFrameReader reader = spark.read();
    if (files.isFolder()) {
      reader = reader.option("basePath", root); // Folders of partitions below it give columns.
    }
    String[] escaped =
        paths.stream()
            .map(path -> path.replaceAll("[\\[\\]{}*?\\\\]", "\\\\$0"))
            .toArray(String[]::new);
    return rows(spark, reader, format, files, escaped);
  }

  private static Dataset<Row> rows(
      SparkSession spark,
      DataFrameReader reader,
      SourceFormat format,
      SourceFiles files,
      String... paths) {
    return switch (format) {
      case DELTA -> throw new IllegalArgumentException("a Delta table is read by its versions");
      case PARQUET -> reader.parquet(paths);
      case JSON -> MessageContent.partsOfJson(json(reader, true).json(paths));
      case JSONL -> MessageContent.partsOfJson(json(reader, false).json(paths));
      case OPENAI_BATCH -> BatchFile.read(spark, files.base(), paths);
      case CSV -> csv(reader, paths);
      case TEXT -> reader.text(paths);
    };
  }

  static SourceFormat format(PromptOptions options, SourceFiles files) {
    return options.format().equals(PromptOptions.AUTO)
        ? files.detect()
        : SourceFormat.named(options.format());
  }

  /** Numbers stay as they are written: ids such as 007 and answers such as 0.50 mean their text. */
  private static DataFrameReader json(DataFrameReader reader, boolean spansLines) {
    return reader.option("multiLine", spansLines).option("primitivesAsString", true);
  }

  /** With a column more than the header has: what a record has beyond it Spark would drop. */
  private static Dataset<Row> csv(DataFrameReader reader, String... paths) {
    DataFrameReader csv =
        reader.option("header", true).option("multiLine", true).option("escape", "\"");
    StructType header = csv.csv(paths).schema();
    return csv.schema(header.add(SourceColumns.BEYOND_HEADER, DataTypes.StringType)).csv(paths);
  }

  /** One version for all reads of a run, whoever writes meanwhile. */
  private static SourceTable delta(SparkSession spark, String path, SourceFiles files) {
    long version = newestVersion(deltaTable(spark, path, files));
    Dataset<Row> rows = spark.read().format("delta").option("versionAsOf", version).load(path);
    return new SourceTable(List.of(SourcePart.whole(rows)), Optional.of(version));
  }

  static DeltaTable deltaTable(SparkSession spark, String path, SourceFiles files) {
    if (!files.hasDeltaLog()) {
      throw new UserError("'" + path + "' is not a Delta table; check --prompts and --format");
    }
    return DeltaTable.forPath(spark, path);
  }

  static long newestVersion(DeltaTable table) {
    return table.history(1).select("version").head().getLong(0);
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("unknown reason");
  }
}
