package io.reckon.jobs.infer;

import static org.apache.spark.sql.functions.col;

import io.reckon.jobs.source.Prompts;
import io.reckon.udfs.EngineFactory;
import io.reckon.udfs.GeneratePartition;
import io.reckon.udfs.GenerationRow;
import java.time.Duration;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Generates once, into Parquet files of its own, from which both tables are filled. Spark's commit
 * of a write keeps one attempt of each task, so a row stands there once after retries, speculative
 * copies and lost executors.
 */
final class Staging {
  private static final int ROWS_A_PARTITION = 1000;
  private static final int PARTITIONS_A_SLOT = 4;

  private final SparkSession spark;
  private final String path;

  /**
   * @param path a folder that is not there yet
   */
  Staging(SparkSession spark, String path) {
    this.spark = spark;
    this.path = path;
  }

  /** Answers every prompt and writes what came of it; gives the time it took. */
  Duration fill(Run run, Prompts prompts, EngineFactory engines, Progress progress) {
    SparkContext context = spark.sparkContext();
    context.setJobGroup(run.id(), "Reckon answers " + prompts.count() + " prompts", true);
    long rows = prompts.count() * run.options().samples();
    try (ProgressPoll poll = new ProgressPoll(progress, context.statusTracker(), run.id(), rows)) {
      generations(run.options(), prompts, engines).write().parquet(path);
      return poll.elapsed();
    } finally {
      context.clearJobGroup();
    }
  }

  /** What was written, as {@link GenerationRow#SCHEMA}. */
  Dataset<Row> read() {
    return spark.read().schema(GenerationRow.SCHEMA).parquet(path);
  }

  private Dataset<Row> generations(InferOptions options, Prompts prompts, EngineFactory engines) {
    GeneratePartition generate =
        new GeneratePartition(
            options.engine(),
            engines,
            options.sampling(),
            options.samples(),
            options.rowsInFlight());
    // By id and not round robin: a lost shuffle file is then made again with the same rows in it.
    return prompts
        .rows()
        .repartition(partitions(options, prompts.count()), col("prompt_id"))
        .mapPartitions(generate, Encoders.row(GenerationRow.SCHEMA));
  }

  /** Several for each task slot, so that slots end together; more where each would be long. */
  private int partitions(InferOptions options, long rows) {
    if (options.partitions() > 0) {
      return options.partitions();
    }
    long bySlots = (long) PARTITIONS_A_SLOT * spark.sparkContext().defaultParallelism();
    long wanted = Math.max(bySlots, rows / ROWS_A_PARTITION);
    return (int) Math.max(1, Math.min(Math.min(wanted, rows), 100_000));
  }
}
