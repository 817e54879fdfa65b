package io.reckon.jobs.infer;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sequence;

import io.reckon.engine.api.ModelDescription;
import io.reckon.jobs.source.Prompts;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import io.reckon.udfs.NameRequests;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The samples of prompts that have no row in the answers yet, cut into partitions. */
final class PendingRows {
  private static final int ROWS_A_PARTITION = 1000;
  private static final int PARTITIONS_A_SLOT = 4;

  private PendingRows() {}

  /** {@link io.reckon.udfs.PromptRow#SAMPLES}; the samples of a prompt stand together. */
  static Dataset<Row> of(
      SparkSession spark,
      Prompts prompts,
      OutputFolder output,
      InferOptions options,
      ModelDescription model) {
    // By id and not round robin: a lost shuffle file is then made again with the same rows in it.
    Dataset<Row> samples =
        prompts.rows().withColumn("sample", explode(sequence(lit(0), lit(options.samples() - 1))));
    return notAnswered(samples, output, options, model)
        .repartition(partitions(spark, options, prompts.count()), col("prompt_id"))
        .sortWithinPartitions("prompt_id", "sample");
  }

  private static Dataset<Row> notAnswered(
      Dataset<Row> samples, OutputFolder output, InferOptions options, ModelDescription model) {
    if (!output.has(ReckonTable.ANSWERS)) {
      return samples;
    }
    Dataset<Row> named =
        samples.map(new NameRequests(options.sampling(), model), Encoders.row(NameRequests.SCHEMA));
    Dataset<Row> answers =
        output
            .read(ReckonTable.ANSWERS)
            .where(col("model_fingerprint").equalTo(lit(model.fingerprint())))
            .select("prompt_id", "request_key", "sample");
    Column same =
        named
            .col("prompt_id")
            .equalTo(answers.col("prompt_id"))
            .and(named.col("sample").equalTo(answers.col("sample")))
            .and(named.col("request_key").eqNullSafe(answers.col("request_key")));
    return named.join(answers, same, "left_anti").drop("request_key");
  }

  /** Several for each task slot, so that slots end together; more where each would be long. */
  private static int partitions(SparkSession spark, InferOptions options, long rows) {
    if (options.partitions() > 0) {
      return options.partitions();
    }
    long bySlots = (long) PARTITIONS_A_SLOT * spark.sparkContext().defaultParallelism();
    long wanted = Math.max(bySlots, rows / ROWS_A_PARTITION);
    return (int) Math.max(1, Math.min(Math.min(wanted, rows), 100_000));
  }
}
