package io.reckon.jobs.plan;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.spark_partition_id;
import static org.apache.spark.sql.functions.timestamp_micros;
import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.api.ModelDescription;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.jobs.TestSpark;
import io.reckon.jobs.plan.PlanFigures.OutputBasis;
import io.reckon.jobs.source.Prompts;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import io.reckon.udfs.GenerationRow;
import io.reckon.udfs.PromptRow;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkPlannerTest {
  private static final SparkSession SPARK = TestSpark.session();
  private static final ModelDescription MODEL =
      new ModelDescription("m", "f1", "int8", "cpu", 100, 50, 1);
  private static final ModelDescription OTHER =
      new ModelDescription("m", "f2", "int8", "cpu", 100, 50, 1);
  private static final PlanOptions OPTIONS =
      new PlanOptions(Rerun.TRANSIENT, SamplingParameters.GREEDY, 1, 0, 2, 32, Optional.empty());

  @TempDir Path folder;
  private OutputFolder output;
  private long clock = 1_000_000;
  private int runs;

  @BeforeEach
  void openTheOutput() {
    output = OutputFolder.at(SPARK, folder.resolve("out").toString());
  }

  @Test
  void aRowIsDoneByItsIdAndItsRequest() {
    Prompts old = prompts("a", "one", "b", "two");
    generate(old, OPTIONS, Map.of());
    WorkPlan plan = plan(prompts("a", "one", "b", "changed"), OPTIONS);

    assertThat(plan.figures().doneRows()).isEqualTo(1);
    assertThat(plan.work().schema().fieldNames()).containsExactly(PromptRow.SAMPLES.fieldNames());
    assertThat(texts(plan)).containsExactly("b: changed");
    assertThat(planner(old, OTHER, OPTIONS).plan().figures().workRows()).isEqualTo(2);
    SamplingParameters hot = SamplingParameters.builder().temperature(1).build();
    assertThat(plan(old, options(Rerun.TRANSIENT, hot, 1)).figures().workRows()).isEqualTo(2);
  }

  @Test
  void equalRequestsAreGeneratedOnceUnderTheLeastId() {
    Prompts prompts = prompts("c", "same", "b", "same", "a", "other", "d", "same");
    generate(prompts, OPTIONS, Map.of());
    assertThat(answers()).containsExactly("a=OTHER", "b=SAME");

    append(planner(prompts, OPTIONS).copies());

    assertThat(answers()).containsExactly("a=OTHER", "b=SAME", "c=SAME", "d=SAME");
    assertThat(output.read(ReckonTable.REASONING_TRACES).where("prompt_id = 'd'").head())
        .matches(row -> row.<String>getAs("reasoning").equals("thought of same"));
    assertThat(output.read(ReckonTable.ANSWERS).where("copied_from = 'b'").count()).isEqualTo(2);
    assertThat(planner(prompts, OPTIONS).copies().count()).isZero();
    PlanFigures next = plan(prompts("a", "other", "x", "same", "y", "new"), OPTIONS).figures();
    assertThat(next)
        .extracting(PlanFigures::doneRows, PlanFigures::reusedRows, PlanFigures::workRows)
        .containsExactly(1L, 1L, 1L);
  }

  @Test
  void aFollowerGetsWhateverItsLeaderGotInThisRun() {
    Prompts prompts = prompts("a", "same", "b", "same");
    String run = generate(prompts, OPTIONS, Map.of("a", "ENGINE_FAILED"));
    PlanOptions all = options(Rerun.ALL, SamplingParameters.GREEDY, 1);

    assertThat(planner(prompts, OPTIONS).copies().count()).isZero();
    assertThat(copies(prompts, all, run)).containsExactly("b: ENGINE_FAILED");
    assertThat(copies(prompts, OPTIONS, run)).containsExactly("b: ENGINE_FAILED");
  }

  @Test
  void onlyTheSamplesThatNobodyHasAreGenerated() {
    Prompts prompts = prompts("a", "one", "b", "one", "c", "two");
    generate(prompts("a", "one"), OPTIONS, Map.of());
    WorkPlan plan = plan(prompts, options(Rerun.TRANSIENT, SamplingParameters.GREEDY, 3));

    assertThat(texts(plan))
        .containsExactlyInAnyOrder("a: one 1", "a: one 2", "c: two", "c: two 1", "c: two 2");
    assertThat(plan.figures().generations()).isEqualTo(5);
  }

  @Test
  void openAnswersAreAsManyAsTheRowsLackBetweenThem() {
    generate(prompts("a", "one"), OPTIONS, Map.of());
    Prompts prompts =
        prompts(List.of(row("a", "one", 10), row("b", "two", 2), row("c", "two"), row("d", "six")));
    PlanFigures figures =
        plan(prompts, options(Rerun.TRANSIENT, SamplingParameters.GREEDY, 3)).figures();

    assertThat(figures.asked()).isEqualTo(10 + 2 + 3 + 3);
    assertThat(figures.openAnswers()).isEqualTo(9 + 2 + 3 + 3);
    assertThat(figures.generations()).as("two is asked twice").isEqualTo(9 + 3 + 3);
  }

  @Test
  void rowsThatBeginAlikeAreTogetherAndThePlanIsTheSameEveryTime() {
    String[] rows =
        IntStream.range(0, 400)
            .boxed()
            .flatMap(
                i ->
                    List.of(
                        "id" + (i * 7919) % 400,
                        "task %d ".formatted(i % 8).repeat(100) + "question " + i)
                        .stream())
            .toArray(String[]::new);
    PlanOptions cut =
        new PlanOptions(Rerun.TRANSIENT, SamplingParameters.GREEDY, 1, 10, 2, 32, Optional.empty());
    List<Row> first = placed(plan(prompts(rows), cut));

    assertThat(first).hasSize(400).isEqualTo(placed(plan(prompts(rows), cut)));
    long changes =
        IntStream.range(1, first.size())
            .filter(i -> !task(first.get(i)).equals(task(first.get(i - 1))))
            .count();
    assertThat(changes).isLessThan(25);
    assertThat(first.stream().map(row -> row.getInt(2)).distinct()).hasSizeBetween(8, 12);
  }

  @Test
  void expectsWhatThisSourceTookElseWhatTheModelTookElseADefault() {
    Prompts prompts = prompts("a", "one", "b", "two");
    assertThat(plan(prompts, OPTIONS).figures().outputBasis()).isEqualTo(OutputBasis.DEFAULT);

    String run = generate(prompts, OPTIONS, Map.of());
    Prompts more = prompts("a", "one", "b", "two", "c", "three");
    assertThat(plan(more, OPTIONS).figures().outputBasis()).isEqualTo(OutputBasis.MODEL);
    recordRun(run, "source");
    PlanFigures figures = plan(more, OPTIONS).figures();
    assertThat(figures.outputBasis()).isEqualTo(OutputBasis.SOURCE);
    assertThat(figures.outputTokens()).isEqualTo(10);
    assertThat(figures.expectedTime(OptionalDouble.empty())).contains(Duration.ofSeconds(1));
    assertThat(figures.expectedTime(OptionalDouble.of(20))).contains(Duration.ofMillis(500));
  }

  @Test
  void seesTheTablesAsTheyStoodWhenItWasMade() {
    Prompts prompts = prompts("a", "one", "b", "two");
    generate(prompts("a", "one"), OPTIONS, Map.of());
    WorkPlan plan = plan(prompts, OPTIONS);
    generate(prompts, OPTIONS, Map.of());

    assertThat(texts(plan)).containsExactly("b: two");
  }

  private List<String> copies(Prompts prompts, PlanOptions options, String run) {
    Dataset<Row> copies = new WorkPlanner(SPARK, prompts, output, MODEL, options, run).copies();
    return copies.selectExpr("concat(prompt_id, ': ', error.code)").collectAsList().stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private WorkPlan plan(Prompts prompts, PlanOptions options) {
    return planner(prompts, options).plan();
  }

  private WorkPlanner planner(Prompts prompts, PlanOptions options) {
    return planner(prompts, MODEL, options);
  }

  private WorkPlanner planner(Prompts prompts, ModelDescription model, PlanOptions options) {
    return new WorkPlanner(SPARK, prompts, output, model, options, "next-run");
  }

  private static PlanOptions options(Rerun rerun, SamplingParameters sampling, int samples) {
    return new PlanOptions(rerun, sampling, samples, 0, 2, 32, Optional.empty());
  }

  /** Ids and texts by turns. */
  private static Prompts prompts(String... idsAndTexts) {
    List<Row> rows =
        IntStream.range(0, idsAndTexts.length / 2)
            .mapToObj(i -> row(idsAndTexts[2 * i], idsAndTexts[2 * i + 1]))
            .toList();
    return prompts(rows);
  }

  private static Prompts prompts(List<Row> rows) {
    Dataset<Row> prompts = SPARK.createDataFrame(rows, PromptRow.SCHEMA).repartition(3);
    return new Prompts(prompts, Optional.empty(), rows.size(), "source", Optional.empty());
  }

  private static Row row(String id, String text) {
    return RowFactory.create(id, new Row[] {RowFactory.create("user", text)}, null);
  }

  /** One that asks for a number of samples of its own. */
  private static Row row(String id, String text, int samples) {
    Row[] messages = {RowFactory.create("user", text)};
    return RowFactory.create(id, messages, "{\"n\":\"%d\"}".formatted(samples));
  }

  /** Does what a plan says: answers in capitals, and 10 tokens each, or fails. Gives the run. */
  private String generate(Prompts prompts, PlanOptions options, Map<String, String> errors) {
    String run = "run-" + ++runs;
    List<Row> made =
        plan(prompts, options).work().collectAsList().stream()
            .map(row -> generation(row, errors.get(row.getString(0))))
            .toList();
    append(SPARK.createDataFrame(made, GenerationRow.SCHEMA), run);
    return run;
  }

  private Row generation(Row planned, String errorCode) {
    String text = planned.<Row>getList(1).get(0).getString(1);
    boolean failed = errorCode != null;
    return RowFactory.create(
        planned.getString(0),
        planned.getInt(3),
        planned.getString(4),
        failed ? null : "thought of " + text,
        false,
        failed ? null : text.toUpperCase(java.util.Locale.ROOT),
        null,
        failed ? "error" : "stop",
        failed ? RowFactory.create(errorCode, "it failed") : null,
        failed ? null : 5,
        0,
        failed ? null : 7,
        failed ? null : 3,
        -0.5,
        null,
        null,
        null,
        null,
        MODEL.name(),
        MODEL.fingerprint(),
        clock++);
  }

  private void append(Dataset<Row> generations) {
    append(generations, "run-" + ++runs);
  }

  private void append(Dataset<Row> generations, String run) {
    Column time = timestamp_micros(col("generated_at_micros"));
    // Kept before either table grows, as a journal would.
    List<Row> kept = generations.collectAsList();
    Dataset<Row> rows =
        SPARK
            .createDataFrame(kept, GenerationRow.SCHEMA)
            .withColumn("generated_at", time)
            .withColumn("run_id", lit(run));
    output.append(ReckonTable.REASONING_TRACES, rows, run);
    output.append(ReckonTable.ANSWERS, rows, run);
  }

  /** 10 tokens a second. */
  private void recordRun(String run, String source) {
    Object[] values = new Object[ReckonTable.RUNS.schema().size()];
    values[ReckonTable.RUNS.schema().fieldIndex("run_id")] = run;
    values[ReckonTable.RUNS.schema().fieldIndex("source")] = source;
    values[ReckonTable.RUNS.schema().fieldIndex("ended_at")] = Timestamp.from(Instant.EPOCH);
    values[ReckonTable.RUNS.schema().fieldIndex("tokens_per_second")] = 10.0;
    Row row = RowFactory.create(values);
    output.append(
        ReckonTable.RUNS, SPARK.createDataFrame(List.of(row), ReckonTable.RUNS.schema()), run);
  }

  private List<String> answers() {
    return output
        .read(ReckonTable.ANSWERS)
        .selectExpr("concat(prompt_id, '=', answer)")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  private static List<String> texts(WorkPlan plan) {
    return plan
        .work()
        .selectExpr(
            "concat(prompt_id, ': ', messages[0].content, if(sample > 0, ' ' || sample, ''))")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  /** Id, text and partition of each row, in order. */
  private static List<Row> placed(WorkPlan plan) {
    return plan.work()
        .select(
            col("prompt_id"), col("messages").getItem(0).getField("content"), spark_partition_id())
        .collectAsList();
  }

  private static String task(Row placed) {
    return placed.getString(1).substring(0, 6);
  }
}
