package io.reckon.jobs.infer;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.reckon.jobs.infer.RunSummary.Accuracy;
import io.reckon.jobs.infer.RunSummary.FamilyAccuracy;
import io.reckon.jobs.infer.RunSummary.RunCount;
import io.reckon.jobs.tables.AnsweredPrompt;
import io.reckon.jobs.tables.ReckonTable;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Counts what a run made, in Spark; what comes back is a few numbers. */
final class RunFigures {
  /** A column of families may hold anything; more than a screen of them says nothing. */
  private static final int FAMILIES_SHOWN = 100;

  private RunFigures() {}

  /**
   * @param answers rows of {@link ReckonTable#ANSWERS}; votes do not count
   */
  static RunCount totals(Dataset<Row> answers) {
    List<Row> byCode =
        answers
            .where(col("sample").notEqual(ReckonTable.VOTE))
            .groupBy(col("error.code"))
            .agg(
                count(lit(1)),
                count("copied_from"),
                ofGenerated("prompt_tokens"),
                ofGenerated("cached_tokens"),
                ofGenerated("reasoning_tokens"),
                ofGenerated("answer_tokens"))
            .collectAsList();
    TreeMap<String, Long> errors = new TreeMap<>();
    for (Row row : byCode) {
      if (!row.isNullAt(0)) {
        errors.put(row.getString(0), row.getLong(1));
      }
    }
    return new RunCount(
        total(byCode, 1),
        total(byCode, 2),
        errors,
        total(byCode, 3),
        total(byCode, 4),
        total(byCode, 5),
        total(byCode, 6));
  }

  private static Column ofGenerated(String column) {
    return sum(when(col("copied_from").isNull(), col(column)));
  }

  /**
   * @param answers of {@link io.reckon.jobs.tables.AnswerReader}
   * @param expectations of {@link io.reckon.jobs.source.Prompts}
   */
  static Accuracy accuracy(Dataset<Row> answers, Dataset<Row> expectations) {
    Column right = text("answer").equalTo(text("expected"));
    Column traced = right.and(col("expected_reasoning").isNotNull());
    Column rightTrace = traced.and(text("reasoning").equalTo(text("expected_reasoning")));
    Dataset<Row> byFamily =
        answers
            .join(expectations.where("expected is not null"), "prompt_id")
            .groupBy(coalesce(col("family"), lit("")).as("family"))
            .agg(
                count(lit(1)).as("total"),
                count_if(right).as("right"),
                count_if(traced).as("traced"),
                count_if(rightTrace).as("right_traces"));
    List<FamilyAccuracy> families =
        byFamily.orderBy("family").limit(FAMILIES_SHOWN).collectAsList().stream()
            .map(row -> family(row.getString(0), row))
            .toList();
    return families.size() < FAMILIES_SHOWN
        ? Accuracy.of(families)
        : withMore(families, byFamily.where(col("family").gt(lastOf(families))));
  }

  private static String lastOf(List<FamilyAccuracy> families) {
    return families.get(families.size() - 1).family();
  }

  /** Summed up in Spark: there may be as many of them as rows. */
  private static Accuracy withMore(List<FamilyAccuracy> families, Dataset<Row> more) {
    Row all =
        more.agg(count(lit(1)), sum("total"), sum("right"), sum("traced"), sum("right_traces"))
            .head();
    return all.getLong(0) == 0
        ? Accuracy.of(families)
        : new Accuracy(families, all.getLong(0), family("", all));
  }

  private static FamilyAccuracy family(String name, Row figures) {
    return new FamilyAccuracy(
        name, figures.getLong(1), figures.getLong(2), figures.getLong(3), figures.getLong(4));
  }

  /**
   * A few answers from all over the source with their prompts, the same ones every time.
   *
   * @param answers of {@link io.reckon.jobs.tables.AnswerReader}
   * @param prompts {@link io.reckon.udfs.PromptRow#SCHEMA}
   */
  static List<AnsweredPrompt> examples(Dataset<Row> answers, Dataset<Row> prompts, int limit) {
    Dataset<Row> few =
        answers
            .orderBy(col("error_code").asc_nulls_first(), xxhash64(col("prompt_id")))
            .limit(limit);
    Column lastMessage = element_at(col("messages"), -1).getField("content");
    Column prompt = when(size(col("messages")).gt(0), lastMessage).as("prompt");
    return prompts
        .select(col("prompt_id"), prompt)
        .join(broadcast(few), "prompt_id")
        .collectAsList()
        .stream()
        .map(AnsweredPrompt::of)
        .toList();
  }

  /** A text without the white space around it, line ends included. */
  private static Column text(String column) {
    return trim(col(column), " \t\r\n");
  }

  private static long total(List<Row> rows, int column) {
    return rows.stream()
        .filter(row -> !row.isNullAt(column))
        .mapToLong(r -> r.getLong(column))
        .sum();
  }
}
