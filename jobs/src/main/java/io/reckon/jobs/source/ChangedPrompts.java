package io.reckon.jobs.source;

import io.reckon.jobs.source.SourceState.OfFiles;
import io.reckon.jobs.source.SourceState.OfTable;
import io.reckon.udfs.PromptRow;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What a source has new since it was read before. */
public final class ChangedPrompts {
  private ChangedPrompts() {}

  /**
   * The rows that a table's change feed has as new: those that stand in it now and did not then.
   * Rows that were deleted meanwhile, or changed in columns that are no part of a prompt, are not
   * among them.
   *
   * @throws RuntimeException whatever Spark throws where the feed does not reach back so far, or
   *     the table keeps none
   */
  public static Prompts of(SparkSession spark, PromptOptions options, OfTable before, OfTable now) {
    if (before.version() == now.version()) {
      return none(spark, options, Optional.of(now.version()));
    }
    if (before.version() > now.version()) {
      throw new IllegalStateException(
          "the source is at version %d, and was at %d".formatted(now.version(), before.version()));
    }
    Dataset<Row> changes =
        spark
            .read()
            .format("delta")
            .option("readChangeFeed", true)
            .option("startingVersion", before.version() + 1)
            .option("endingVersion", now.version())
            .load(options.path());
    return PromptSource.ofChanges(changes, now.version(), options);
  }

  /**
   * The rows of files that were not there then, or were in another state.
   *
   * @throws RuntimeException whatever Spark throws where they can't be read
   */
  public static Prompts of(SparkSession spark, PromptOptions options, OfFiles before, OfFiles now) {
    List<String> fresh =
        now.stamps().entrySet().stream()
            .filter(file -> !file.getValue().equals(before.stamps().get(file.getKey())))
            .map(Map.Entry::getKey)
            .toList();
    if (fresh.isEmpty()) {
      return none(spark, options, Optional.empty());
    }
    SourceFiles files = new SourceFiles(options.path(), spark.sparkContext().hadoopConfiguration());
    SourceFormat format = SourceTable.format(options, files);
    return PromptSource.of(
        SourceTable.readFiles(spark, format, files, options.path(), fresh), options);
  }

  private static Prompts none(SparkSession spark, PromptOptions options, Optional<Long> version) {
    Dataset<Row> rows = spark.createDataFrame(List.of(), PromptRow.SCHEMA);
    return new Prompts(rows, Optional.empty(), 0, options.path(), version);
  }
}
