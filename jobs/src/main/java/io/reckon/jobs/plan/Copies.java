package io.reckon.jobs.plan;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;

import io.reckon.jobs.tables.ReckonTable;
import io.reckon.udfs.GenerationRow;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Gives the outcome of a request to every other prompt that asks for the same. */
final class Copies {
  private static final String[] REQUEST = {"request_key", "sample"};
  private static final String[] OUTCOME = {"prompt_id", "request_key", "sample"};
  private static final String[] ROW = {"prompt_id", "request_key", "sample", "run_id"};

  private Copies() {}

  /**
   * Rows that prompts lack while their request has one.
   *
   * @param requests of {@link Requests}
   * @param outcomes of {@link Outcomes}, by these answers, with the column {@code own}: whether the
   *     prompt goes by it
   * @return {@link GenerationRow#SCHEMA}, as of now: a copy is newer than whatever the prompt had
   */
  static Dataset<Row> of(
      Dataset<Row> answers, Dataset<Row> traces, Dataset<Row> requests, Dataset<Row> outcomes) {
    Dataset<Row> kept = outcomes.where("kept");
    Dataset<Row> lacking =
        requests
            .select(
                col("prompt_id"),
                col("request_key"),
                explode(Requests.samples(col("asked"))).as("sample"))
            .join(outcomes.where("own"), OUTCOME, "left_anti");
    // The newest of those that stand; it is also one that its own prompt goes by.
    Column age = struct("generated_at", "run_id", "prompt_id");
    Dataset<Row> givers =
        kept.groupBy("request_key", "sample")
            .agg(max_by(struct("prompt_id", "run_id"), age).as("giver"));
    Dataset<Row> wanted =
        lacking
            .join(givers, REQUEST)
            .select(
                col("prompt_id").as("taker"),
                col("giver.prompt_id").as("prompt_id"),
                col("request_key"),
                col("sample"),
                col("giver.run_id").as("run_id"));
    return wanted
        .join(answers, ROW)
        .join(traces.select(traceColumns()), ROW, "left")
        .select(generation());
  }

  /** What both tables are joined by, and what a trace has beside its answer. */
  private static Column[] traceColumns() {
    Set<String> answers = Set.of(ReckonTable.ANSWERS.schema().fieldNames());
    return Arrays.stream(ReckonTable.REASONING_TRACES.schema().fieldNames())
        .filter(name -> !answers.contains(name) || List.of(ROW).contains(name))
        .map(name -> col(name))
        .toArray(Column[]::new);
  }

  private static Column[] generation() {
    long nowMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    return Arrays.stream(GenerationRow.SCHEMA.fieldNames())
        .map(
            name ->
                switch (name) {
                  case "prompt_id" -> col("taker").as(name);
                  case "copied_from" -> coalesce(col("copied_from"), col("prompt_id")).as(name);
                  case "generated_at_micros" -> lit(nowMicros).as(name);
                  default -> col(name);
                })
        .toArray(Column[]::new);
  }
}
