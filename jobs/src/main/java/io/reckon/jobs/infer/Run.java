package io.reckon.jobs.infer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reckon.jobs.infer.RunSummary.RunCount;
import io.reckon.jobs.source.Prompts;
import io.reckon.jobs.tables.ReckonTable;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.UUID;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * A run that has begun.
 *
 * @param id sorts by time; never used twice
 */
record Run(String id, Instant startedAt, InferOptions options) {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
  private static final ObjectMapper JSON = new ObjectMapper();

  static Run begin(InferOptions options) {
    Instant now = Instant.now();
    String id = STAMP.format(now) + "-" + UUID.randomUUID().toString().substring(0, 8);
    return new Run(id, now, options);
  }

  Duration elapsed() {
    return Duration.between(startedAt, Instant.now());
  }

  /**
   * The run's row of {@link ReckonTable#RUNS}.
   *
   * @param failure why it failed; empty where it did not
   */
  Dataset<Row> row(
      SparkSession spark, Prompts prompts, RunCount count, Duration generating, String failure) {
    Row row =
        RowFactory.create(
            id,
            startedAt,
            Instant.now(),
            failure.isEmpty() ? "succeeded" : "failed",
            failure.isEmpty() ? null : failure,
            configuration(),
            prompts.path(),
            prompts.version().orElse(null),
            count.rows(),
            scala.jdk.javaapi.CollectionConverters.asScala(count.errors()),
            count.promptTokens(),
            count.cachedTokens(),
            count.generatedTokens(),
            count.tokensPerSecond(generating),
            count.cacheHitRate(),
            null);
    return spark.createDataFrame(List.of(row), ReckonTable.RUNS.schema());
  }

  private String configuration() {
    try {
      return JSON.writeValueAsString(options);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("options are plain values", e);
    }
  }
}
