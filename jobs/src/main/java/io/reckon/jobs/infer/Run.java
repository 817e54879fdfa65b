package io.reckon.jobs.infer;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reckon.engine.api.ModelDescription;
import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.Thinking;
import io.reckon.jobs.commit.RunNote;
import io.reckon.jobs.infer.RunSummary.RunCount;
import io.reckon.jobs.plan.PlanOptions;
import io.reckon.jobs.plan.RunScope;
import io.reckon.jobs.plan.WorkPlanner;
import io.reckon.jobs.source.Prompts;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import io.reckon.udfs.EngineHost;
import io.reckon.udfs.GpuStage;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * A run that has begun.
 *
 * @param id sorts by time; never used twice
 * @param scope names the runs that may go on from this one; empty where none does
 */
record Run(String id, Instant startedAt, InferOptions options, Optional<RunScope> scope) {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .addMixIn(OutputConstraint.class, Kind.class)
          .addMixIn(Thinking.class, Kind.class)
          .addMixIn(EngineHost.class, Kind.class)
          .build();

  /** Has the kind of a value written beside what it holds. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "kind")
  private interface Kind {}

  static Run begin(InferOptions options) {
    Instant now = Instant.now();
    String id = STAMP.format(now) + "-" + UUID.randomUUID().toString().substring(0, 8);
    return new Run(id, now, options, Optional.empty());
  }

  Run within(Optional<RunScope> ownScope) {
    return new Run(id, startedAt, options, ownScope);
  }

  /** Whether a run of this scope that has ended well, with these rows, leaves no row undone. */
  boolean settles(RunCount count) {
    return scope.isPresent()
        && count.errors().keySet().stream().allMatch(code -> options.rerun().keeps(code));
  }

  WorkPlanner planner(
      SparkSession spark, Prompts prompts, OutputFolder output, ModelDescription model) {
    PlanOptions plan =
        new PlanOptions(
            options.rerun(),
            options.sampling(),
            options.samples(),
            options.partitions(),
            GpuStage.slots(
                spark.sparkContext().getConf(),
                options.engine(),
                spark.sparkContext().defaultParallelism()),
            options.engine().maxRunning(),
            scope);
    return new WorkPlanner(spark, prompts, output, model, plan, id);
  }

  Duration elapsed() {
    return Duration.between(startedAt, Instant.now());
  }

  /**
   * The run's row of {@link ReckonTable#RUNS}.
   *
   * @param cost 0 where no price was given
   * @param failure why it failed; empty where it did not
   */
  Dataset<Row> row(
      SparkSession spark,
      Prompts prompts,
      RunCount count,
      Duration generating,
      double cost,
      String failure) {
    boolean well = failure.isEmpty();
    Ending ending =
        new Ending(
            Instant.now(),
            well ? "finished" : "failed",
            well ? null : failure,
            count.tokensPerSecond(generating),
            cost > 0 ? cost : null,
            well && settles(count));
    return row(spark, id, note(prompts), count, ending);
  }

  /** The row of a run that died; how fast it was, and what it cost, nobody knows. */
  static Dataset<Row> interruptedRow(
      SparkSession spark, String id, RunNote note, Instant ended, RunCount count) {
    return row(spark, id, note, count, new Ending(ended, "interrupted", null, null, null, false));
  }

  /** How a run ended; null where nobody knows, or nothing failed. */
  private record Ending(
      Instant at,
      String status,
      String failure,
      Double tokensPerSecond,
      Double cost,
      boolean settled) {}

  private static Dataset<Row> row(
      SparkSession spark, String id, RunNote note, RunCount count, Ending ending) {
    Row row =
        RowFactory.create(
            id,
            Instant.ofEpochMilli(note.startedAtMillis()),
            ending.at(),
            ending.status(),
            ending.failure(),
            note.configuration(),
            note.source(),
            note.sourceVersion(),
            count.rows(),
            scala.jdk.javaapi.CollectionConverters.asScala(count.errors()),
            count.promptTokens(),
            count.cachedTokens(),
            count.generatedTokens(),
            ending.tokensPerSecond(),
            count.cacheHitRate(),
            ending.cost(),
            note.scope(),
            ending.settled());
    return spark.createDataFrame(List.of(row), ReckonTable.RUNS.schema());
  }

  /** What a later run can tell of this one if it dies. */
  RunNote note(Prompts prompts) {
    return new RunNote(
        startedAt.toEpochMilli(),
        configuration(),
        prompts.path(),
        prompts.version().orElse(null),
        scope.map(RunScope::toString).orElse(null));
  }

  private String configuration() {
    try {
      return JSON.writeValueAsString(options);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("options are plain values", e);
    }
  }
}
