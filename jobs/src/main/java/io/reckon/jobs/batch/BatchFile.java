package io.reckon.jobs.batch;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import io.reckon.udfs.PromptRow;
import io.reckon.udfs.RowOptions;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Requests in the form of OpenAI's batch service. Every line that is not blank becomes a row,
 * whatever is wrong with it; what can't be done is refused in its overrides.
 */
public final class BatchFile {
  public static final String OVERRIDES = "_overrides";

  /** Stands in the overrides of a line without an id of its own. */
  static final String NAMELESS = "nameless";

  static final StructType LINES =
      new StructType()
          .add("line", DataTypes.LongType, false)
          .add("custom_id", DataTypes.StringType)
          .add("messages", PromptRow.MESSAGES)
          .add(OVERRIDES, DataTypes.StringType)
          .add("file", DataTypes.StringType, false);

  private BatchFile() {}

  /** Whether a line of a file of JSON is such a request. */
  public static boolean isRequest(String line) {
    return BatchLine.looksLikeOne(line);
  }

  /**
   * {@code prompt_id}, {@code messages} and the overrides of each line. A line without an id of its
   * own is named by its file and its number there, which are the same whatever else is read.
   *
   * @param base the folder that files are named from, with a slash at its end
   */
  public static Dataset<Row> read(SparkSession spark, String base, String... paths) {
    JavaRDD<Row> lines =
        NumberedLine.read(JavaSparkContext.fromSparkContext(spark.sparkContext()), base, paths)
            .filter(line -> !line.text().isBlank())
            .map(BatchLine::row);
    return withoutRepeatedIds(spark.createDataFrame(lines, LINES));
  }

  private static Dataset<Row> withoutRepeatedIds(Dataset<Row> rows) {
    Column place = struct(col("file"), col("line"));
    Column first = min(place).over(Window.partitionBy("custom_id"));
    Column again = col("custom_id").isNotNull().and(place.gt(col("_first")));
    Column refusal =
        to_json(
            struct(
                concat(
                        shown(place),
                        lit(": custom_id '"),
                        col("custom_id"),
                        lit("' is also that of "),
                        shown(col("_first")),
                        lit("; give each request one of its own"))
                    .as(RowOptions.REFUSED),
                lit(true).as(NAMELESS)));
    Column nameless = col("custom_id").isNull().or(again);
    return rows.withColumn("_first", first)
        .orderBy("file", "line")
        .select(
            when(nameless, shown(place)).otherwise(col("custom_id")).as("prompt_id"),
            when(again, lit(null)).otherwise(col("messages")).as("messages"),
            when(again, refusal).otherwise(col(OVERRIDES)).as(OVERRIDES));
  }

  /** As {@link NumberedLine#place} has it. */
  private static Column shown(Column place) {
    return concat(lit("line "), place.getField("line"), lit(" of "), place.getField("file"));
  }
}
