package io.reckon.jobs.plan;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.reckon.engine.api.ModelDescription;
import io.reckon.jobs.plan.PlanFigures.OutputBasis;
import io.reckon.jobs.tables.ReckonTable;
import java.util.OptionalDouble;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What earlier runs tell of the next one.
 *
 * @param outputTokens what one generation takes
 * @param basis where that comes from
 * @param tokensPerSecond tokens written in a second by the newest run with this model
 */
record History(double outputTokens, OutputBasis basis, OptionalDouble tokensPerSecond) {
  /** Where a model has answered nothing yet: a short reasoning. */
  private static final int DEFAULT_OUTPUT_TOKENS = 512;

  /**
   * @param source the path of the prompts
   * @param maxNewTokens no generation takes more
   */
  static History read(PriorResults prior, ModelDescription model, String source, int maxNewTokens) {
    Row row = query(prior, model, source).head();
    OutputBasis basis =
        !row.isNullAt(0)
            ? OutputBasis.SOURCE
            : !row.isNullAt(1) ? OutputBasis.MODEL : OutputBasis.DEFAULT;
    double tokens =
        switch (basis) {
          case SOURCE -> row.getDouble(0);
          case MODEL -> row.getDouble(1);
          case DEFAULT -> DEFAULT_OUTPUT_TOKENS;
        };
    return new History(
        Math.min(tokens, maxNewTokens),
        basis,
        row.isNullAt(2) ? OptionalDouble.empty() : OptionalDouble.of(row.getDouble(2)));
  }

  /** One row: mean output of this source's answers, of all, and the newest run's rate. */
  private static Dataset<Row> query(PriorResults prior, ModelDescription model, String source) {
    Dataset<Row> answered =
        prior
            .answers()
            .where(col("model_fingerprint").equalTo(model.fingerprint()).and(col("error").isNull()))
            .where(col("sample").notEqual(ReckonTable.VOTE))
            .groupBy("run_id")
            .agg(
                sum(col("reasoning_tokens").plus(col("answer_tokens"))).as("tokens"),
                count(lit(1)).as("answers"));
    Dataset<Row> runs = prior.runs().select("run_id", "source", "ended_at", "tokens_per_second");
    Column own = col("source").equalTo(source);
    Column rate = when(col("tokens_per_second").gt(0), col("tokens_per_second"));
    return answered
        .join(runs, "run_id", "left")
        .agg(
            sum(when(own, col("tokens"))).divide(sum(when(own, col("answers")))),
            sum("tokens").divide(sum("answers")),
            max_by(rate, when(rate.isNotNull(), col("ended_at"))));
  }
}
