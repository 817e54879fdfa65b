package io.reckon.jobs.plan;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;

import io.reckon.jobs.tables.AnswerReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What the tables say has become of requests so far. */
final class Outcomes {
  private Outcomes() {}

  /**
   * {@code prompt_id}, {@code request_key}, {@code sample}, {@code kept} (whether the outcome
   * stands) and {@code run_id}, {@code generated_at} of the row that holds it: once for each
   * prompt, request and sample that has an outcome.
   *
   * @param runId the run that plans; what it has made itself stands whatever it is
   */
  static Dataset<Row> of(Dataset<Row> answers, String modelFingerprint, Rerun rerun, String runId) {
    Column kept = rerun.keeps(col("newest.code")).or(col("newest.run_id").equalTo(runId));
    return answers
        // A request key covers the fingerprint: no other model's row can be any of ours.
        .where(col("model_fingerprint").equalTo(modelFingerprint))
        .groupBy("prompt_id", "request_key", "sample")
        .agg(
            max_by(struct(col("error.code"), col("run_id"), col("generated_at")), AnswerReader.AGE)
                .as("newest"))
        .select(
            col("prompt_id"),
            col("request_key"),
            col("sample"),
            kept.as("kept"),
            col("newest.run_id"),
            col("newest.generated_at"));
  }

  /**
   * {@code prompt_id}, {@code sample} and {@code latest}, the age of the newest row of these,
   * whatever it was asked.
   */
  static Dataset<Row> latest(Dataset<Row> answers) {
    return answers.groupBy("prompt_id", "sample").agg(max(AnswerReader.AGE).as("latest"));
  }
}
