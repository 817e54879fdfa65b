package io.reckon.jobs.commit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.timestamp_micros;

import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import io.reckon.udfs.ReadGenerations;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;

/**
 * Brings the rows of a {@link Manifest} to both tables. May be done again at any time until the
 * next manifest: the same rows come out, and a table that has them takes no more.
 */
final class TableCommit {
  private static final int FILES_A_TASK = 16;

  private final SparkSession spark;
  private final OutputFolder output;
  private final StateFolder state;
  private final String application;

  TableCommit(SparkSession spark, OutputFolder output, StateFolder state) throws IOException {
    this.spark = spark;
    this.output = output;
    this.state = state;
    this.application = state.application();
  }

  void append(Manifest manifest) {
    Dataset<Row> rows =
        winners(manifest).withColumn("generated_at", timestamp_micros(col("generated_at_micros")));
    output.append(ReckonTable.REASONING_TRACES, rows, application, manifest.version());
    output.append(ReckonTable.ANSWERS, rows, application, manifest.version());
  }

  /** Each generation once: the first by the order of runs, newest first, and of file names. */
  private Dataset<Row> winners(Manifest manifest) {
    Dataset<Row> rows = read(manifest.files());
    return switch (manifest.copies()) {
      case NONE -> rows;
      case AMONG_FILES -> first(rows, read(manifest.known()));
      case IN_ANSWERS -> notAnswered(first(rows, read(List.of())));
    };
  }

  private Dataset<Row> read(List<String> names) {
    List<String> paths =
        names.stream().map(name -> new Path(state.journals(), name).toString()).toList();
    int tasks =
        Math.min(
            Math.max(1, paths.size() / FILES_A_TASK), spark.sparkContext().defaultParallelism());
    JavaRDD<Row> rows =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(paths, tasks)
            .flatMap(new ReadGenerations(state.hadoop()));
    return spark.createDataFrame(rows, ReadGenerations.SCHEMA);
  }

  /** Of each generation the first, where it is not known. */
  private static Dataset<Row> first(Dataset<Row> rows, Dataset<Row> known) {
    Column order =
        row_number()
            .over(
                Window.partitionBy("prompt_id", "request_key", "sample")
                    .orderBy(col("known").desc(), col("run_id").desc(), col("file"), col("place")));
    return rows.withColumn("known", lit(false))
        .union(known.withColumn("known", lit(true)))
        .withColumn("copy", order)
        .where("copy = 1 and not known");
  }

  /** An answer of an older run does not count: this run may have been told to make it again. */
  private Dataset<Row> notAnswered(Dataset<Row> rows) {
    if (!output.has(ReckonTable.ANSWERS)) {
      return rows;
    }
    Dataset<Row> answers =
        output.read(ReckonTable.ANSWERS).select("prompt_id", "request_key", "sample", "run_id");
    Column same =
        rows.col("prompt_id")
            .equalTo(answers.col("prompt_id"))
            .and(rows.col("sample").equalTo(answers.col("sample")))
            .and(rows.col("request_key").eqNullSafe(answers.col("request_key")))
            .and(answers.col("run_id").geq(rows.col("run_id")));
    return rows.join(answers, same, "left_anti");
  }
}
