package io.reckon.udfs.sql;

import io.reckon.udfs.QueryAnswer;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.apache.spark.sql.execution.metric.SQLMetrics;
import scala.Tuple2;
import scala.collection.immutable.Map;
import scala.collection.immutable.Map$;

/** What {@link ReckonEvalExec} shows of itself in Spark's page of a query. Tasks add to it. */
record CallMetrics(
    SQLMetric rows,
    SQLMetric answers,
    SQLMetric failedAnswers,
    SQLMetric promptTokens,
    SQLMetric cachedTokens,
    SQLMetric generatedTokens)
    implements Serializable {
  /** New ones, on the driver. */
  static CallMetrics register(SparkContext spark) {
    return new CallMetrics(
        SQLMetrics.createMetric(spark, "number of output rows"),
        SQLMetrics.createMetric(spark, "answers"),
        SQLMetrics.createMetric(spark, "failed answers"),
        SQLMetrics.createMetric(spark, "prompt tokens"),
        SQLMetrics.createMetric(spark, "prompt tokens from the cache"),
        SQLMetrics.createMetric(spark, "generated tokens"));
  }

  Map<String, SQLMetric> byName() {
    return Map$.MODULE$.from(
        Scala.seq(
            List.of(
                new Tuple2<>("numOutputRows", rows),
                new Tuple2<>("answers", answers),
                new Tuple2<>("failedAnswers", failedAnswers),
                new Tuple2<>("promptTokens", promptTokens),
                new Tuple2<>("cachedTokens", cachedTokens),
                new Tuple2<>("generatedTokens", generatedTokens))));
  }

  void rowGiven() {
    rows.add(1);
  }

  void answered(QueryAnswer answer) {
    answers.add(1);
    if (answer.error().isPresent()) {
      failedAnswers.add(1);
    }
    answer
        .generation()
        .ifPresent(
            generation -> {
              promptTokens.add(generation.promptTokens());
              cachedTokens.add(generation.cachedTokens());
              generatedTokens.add((long) generation.reasoningTokens() + generation.answerTokens());
            });
  }
}
