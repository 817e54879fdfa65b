package io.reckon.jobs.report;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.percentile_approx;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.reckon.jobs.UserError;
import io.reckon.jobs.report.ReportFigures.Ending;
import io.reckon.jobs.report.ReportFigures.Interval;
import io.reckon.jobs.report.ReportFigures.Lengths;
import io.reckon.jobs.report.ReportFigures.LongAnswer;
import io.reckon.jobs.report.ReportFigures.Part;
import io.reckon.jobs.report.ReportFigures.RunFacts;
import io.reckon.jobs.report.ReportFigures.Totals;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Counts a run's rows in Spark; what reaches the driver is a few hundred numbers and texts. */
final class FigureQueries {
  private static final int LONGEST = 10;
  private static final int EXCERPT = 160;
  private static final int ACCURACY = 10_000;
  private static final String TIME = "time";

  private final OutputFolder output;
  private final String runId;
  private final Dataset<Row> answers;

  /** The length of a part; null of rows whose outcome is another's. */
  private static Column generated(Part part) {
    return when(col("copied_from").isNull(), col(part.column()));
  }

  FigureQueries(OutputFolder output, String runId) {
    this.output = output;
    this.runId = runId;
    this.answers =
        output
            .rows(ReckonTable.ANSWERS)
            .where(col("run_id").equalTo(lit(runId)))
            .where(col("sample").notEqual(ReckonTable.VOTE));
  }

  /**
   * @throws UserError where the table of runs does not know the run
   */
  ReportFigures read() {
    RunFacts run = run();
    Row totals = totals();
    Bins times = Bins.ofSeconds(run.seconds());
    Map<Part, Bins> bins = lengthBins(totals);
    Map<String, Map<Integer, Interval>> counts = counts(run, times, bins);
    List<Lengths> lengths = new ArrayList<>();
    bins.forEach((part, of) -> lengths.add(lengths(part, of, totals, counts)));
    return new ReportFigures(
        run,
        new Totals(
            totals.getAs("copied"), text(totals, "model"), text(totals, "model_fingerprint")),
        times,
        intervals(times, counts.getOrDefault(TIME, Map.of())),
        lengths,
        endings(),
        longest());
  }

  private RunFacts run() {
    List<Row> rows =
        output
            .read(ReckonTable.RUNS)
            .where(col("run_id").equalTo(lit(runId)))
            .withColumn("started", col("started_at").cast("double"))
            .withColumn("ended", col("ended_at").cast("double"))
            .withColumn("failed", expr("aggregate(map_values(errors), 0L, (a, b) -> a + b)"))
            .collectAsList();
    if (rows.isEmpty()) {
      throw new UserError(
          "the table '%s' has no run '%s'; its column run_id names them"
              .formatted(output.path(ReckonTable.RUNS), runId));
    }
    Row row = rows.get(0);
    Long version = row.getAs("source_version");
    return new RunFacts(
        runId,
        row.<Double>getAs("started"),
        row.<Double>getAs("ended"),
        text(row, "status"),
        text(row, "failure"),
        text(row, "configuration"),
        text(row, "source"),
        version == null ? OptionalLong.empty() : OptionalLong.of(version),
        number(row, "rows"),
        number(row, "failed"),
        number(row, "prompt_tokens"),
        number(row, "cached_tokens"),
        number(row, "generated_tokens"),
        decimal(row, "tokens_per_second"),
        decimal(row, "cache_hit_rate").orElse(0),
        decimal(row, "cost"));
  }

  private Row totals() {
    List<Column> columns = new ArrayList<>();
    columns.add(max("model").as("model"));
    columns.add(max("model_fingerprint").as("model_fingerprint"));
    Column shares = array(lit(0.5), lit(0.9), lit(0.99));
    for (Part part : Part.values()) {
      Column length = generated(part);
      columns.add(sum(length).as(part.column()));
      columns.add(max(length).cast("long").as(part + "_longest"));
      columns.add(
          percentile_approx(length, shares, lit(ACCURACY))
              .cast("array<long>")
              .as(part + "_quantiles"));
    }
    return answers.agg(count("copied_from").as("copied"), columns.toArray(Column[]::new)).head();
  }

  /** Empty where nothing was generated. */
  private static Map<Part, Bins> lengthBins(Row totals) {
    Map<Part, Bins> bins = new EnumMap<>(Part.class);
    for (Part part : Part.values()) {
      if (totals.getAs(part.column()) != null) {
        bins.put(
            part,
            Bins.ofLengths(quantiles(totals, part).get(2), number(totals, part + "_longest")));
      }
    }
    return bins;
  }

  private static List<Long> quantiles(Row totals, Part part) {
    return totals.getList(totals.fieldIndex(part + "_quantiles"));
  }

  /** In one pass, what falls into each interval of time and of each length. */
  private Map<String, Map<Integer, Interval>> counts(
      RunFacts run, Bins times, Map<Part, Bins> lengths) {
    Column seconds = col("generated_at").cast("double").minus(lit(run.startedSeconds()));
    List<Column> places = new ArrayList<>();
    places.add(place(TIME, times.of(seconds)));
    lengths.forEach((part, bins) -> places.add(place(part.name(), bins.of(generated(part)))));
    Column output = generated(Part.REASONING).plus(generated(Part.ANSWER));
    Dataset<Row> counted =
        answers
            .select(
                explode(array(places.toArray(Column[]::new))).as("place"),
                col("error"),
                generated(Part.PROMPT).as("prompt_tokens"),
                when(col("copied_from").isNull(), col("cached_tokens")).as("cached_tokens"),
                output.as("output_tokens"))
            .where("place.bin is not null")
            .groupBy("place.kind", "place.bin")
            .agg(
                count(lit(1)).as("rows"),
                count("error").as("failed"),
                sum("prompt_tokens").as("prompt_tokens"),
                sum("cached_tokens").as("cached_tokens"),
                sum("output_tokens").as("output_tokens"));
    Map<String, Map<Integer, Interval>> counts = new HashMap<>();
    for (Row row : counted.collectAsList()) {
      counts
          .computeIfAbsent(row.getAs("kind"), kind -> new HashMap<>())
          .put((int) number(row, "bin"), interval(row));
    }
    return counts;
  }

  private static Column place(String kind, Column bin) {
    return struct(lit(kind).as("kind"), bin.cast("long").as("bin"));
  }

  private static Interval interval(Row row) {
    return new Interval(
        number(row, "rows"),
        number(row, "failed"),
        number(row, "prompt_tokens"),
        number(row, "cached_tokens"),
        number(row, "output_tokens"));
  }

  private static List<Interval> intervals(Bins bins, Map<Integer, Interval> counts) {
    Interval[] all = new Interval[bins.count()];
    Arrays.setAll(all, bin -> counts.getOrDefault(bin, Interval.EMPTY));
    return List.of(all);
  }

  private static Lengths lengths(
      Part part, Bins bins, Row totals, Map<String, Map<Integer, Interval>> counts) {
    List<Long> rows =
        intervals(bins, counts.getOrDefault(part.name(), Map.of())).stream()
            .map(Interval::rows)
            .toList();
    List<Long> quantiles = quantiles(totals, part);
    return new Lengths(
        part,
        bins,
        rows,
        number(totals, part.column()),
        quantiles.get(0),
        quantiles.get(1),
        number(totals, part + "_longest"));
  }

  private List<Ending> endings() {
    Column message = substring(col("error.message"), 1, 3 * EXCERPT);
    return answers
        .groupBy(col("finish_reason"), col("error.code").as("code"))
        .agg(
            count(lit(1)).as("rows"),
            min("prompt_id").as("prompt_id"),
            min_by(message, col("prompt_id")).as("message"))
        .orderBy(col("rows").desc(), col("finish_reason"), col("code"))
        .collectAsList()
        .stream()
        .map(
            row ->
                new Ending(
                    text(row, "finish_reason"),
                    text(row, "code"),
                    text(row, "prompt_id"),
                    text(row, "message"),
                    number(row, "rows")))
        .toList();
  }

  private List<LongAnswer> longest() {
    Column tokens = col("reasoning_tokens").plus(col("answer_tokens"));
    List<Row> longest =
        answers
            .where("copied_from is null and error is null")
            .orderBy(tokens.desc(), col("prompt_id"), col("sample"))
            .limit(LONGEST)
            .select(
                col("prompt_id"),
                col("sample"),
                col("reasoning_tokens"),
                col("answer_tokens"),
                col("finish_reason"),
                substring(col("answer"), 1, EXCERPT).as("answer"))
            .collectAsList();
    Map<Row, String> reasoning = reasoning(longest);
    return longest.stream()
        .map(row -> longAnswer(row, reasoning.getOrDefault(key(row), "")))
        .toList();
  }

  /** How the reasoning of a few rows ends, by {@link #key}. */
  private Map<Row, String> reasoning(List<Row> few) {
    Object[] promptIds = few.stream().map(row -> row.getAs("prompt_id")).toArray();
    Map<Row, String> reasoning = new HashMap<>();
    output
        .rows(ReckonTable.REASONING_TRACES)
        .where(col("run_id").equalTo(lit(runId)))
        .where(col("prompt_id").isin(promptIds))
        .select(
            col("prompt_id"), col("sample"), expr("right(reasoning, " + EXCERPT + ")").as("end"))
        .collectAsList()
        .forEach(row -> reasoning.put(key(row), text(row, "end")));
    return reasoning;
  }

  private static Row key(Row row) {
    return RowFactory.create(row.<String>getAs("prompt_id"), row.<Integer>getAs("sample"));
  }

  private static LongAnswer longAnswer(Row row, String reasoning) {
    return new LongAnswer(
        text(row, "prompt_id"),
        row.<Integer>getAs("sample"),
        row.<Integer>getAs("reasoning_tokens"),
        row.<Integer>getAs("answer_tokens"),
        text(row, "finish_reason"),
        text(row, "answer"),
        reasoning);
  }

  private static String text(Row row, String column) {
    String text = row.getAs(column);
    return text == null ? "" : text;
  }

  private static long number(Row row, String column) {
    Long number = row.getAs(column);
    return number == null ? 0 : number;
  }

  private static OptionalDouble decimal(Row row, String column) {
    Double number = row.getAs(column);
    return number == null ? OptionalDouble.empty() : OptionalDouble.of(number);
  }
}
