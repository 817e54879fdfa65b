package io.reckon.jobs.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.jobs.TestSpark;
import io.reckon.jobs.UserError;
import io.reckon.jobs.infer.Progress.Phase;
import io.reckon.jobs.infer.Progress.Update;
import io.reckon.jobs.infer.RunSummary.FamilyAccuracy;
import io.reckon.jobs.plan.Rerun;
import io.reckon.jobs.tables.AnswerReader;
import io.reckon.jobs.tables.AnsweredPrompt;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import io.reckon.udfs.EngineSettings;
import io.reckon.udfs.FakeEngines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InferJobTest {
  private static final SparkSession SPARK = TestSpark.session();
  private static final EngineSettings FAKE = EngineSettings.builtin().withModel("fake");

  /** Engines are told apart by their settings: this one answers slowly, and no other run has it. */
  private static final EngineSettings SLOW = FAKE.withModel("slow");

  /** Good rows and bad ones, with what is expected of some. */
  private static final String MIXED =
      """
      {"id":"good","prompt":"grüße 🎉","family":"loud","expected":" GRÜSSE 🎉","expected_reasoning":"said louder: grüße 🎉\\n"}
      {"id":"other","prompt":"b","family":"loud","expected":"B","expected_reasoning":"said softer: b"}
      {"id":"wrong","prompt":"c","family":"quiet","expected":"c"}
      {"id":"empty","prompt":"","family":"quiet","expected":"d"}
      {"id":"null","prompt":null}
      {"id":"long","prompt":"%s"}
      """
          .formatted("x".repeat(20_000));

  @TempDir static Path shared;
  private static RunSummary mixed;
  private static final List<Update> UPDATES = new CopyOnWriteArrayList<>();

  @TempDir Path folder;

  @BeforeAll
  static void runOnce() throws IOException {
    Path prompts = Files.writeString(shared.resolve("rows.jsonl"), MIXED);
    InferOptions options =
        InferOptions.builder(prompts.toString(), shared + "/out").engine(SLOW).build();
    mixed = new InferJob(new FakeEngines(1500)).run(SPARK, options, UPDATES::add);
  }

  @Test
  void everyRowEndsInATableWithAnAnswerOrAnError() {
    Map<String, AnsweredPrompt> answers =
        AnswerReader.current(output(shared)).collectAsList().stream()
            .map(AnsweredPrompt::of)
            .collect(Collectors.toMap(AnsweredPrompt::promptId, answer -> answer));

    assertThat(answers).hasSize(6);
    assertThat(answers.get("good").answer()).isEqualTo("GRÜSSE 🎉");
    assertThat(answers.get("good").reasoning()).isEqualTo("said louder: grüße 🎉");
    assertThat(answers.get("good").finishReason()).isEqualTo("stop");
    assertThat(answers.get("null").errorMessage()).contains("the prompt is null");
    assertThat(answers.get("long").errorCode()).isEqualTo("PROMPT_TOO_LONG");
    assertThat(answers.get("long").finishReason()).isEqualTo("error");
    assertThat(output(shared).read(ReckonTable.REASONING_TRACES).count()).isEqualTo(6);
  }

  @Test
  void eachTableHasTheColumnsThatAreDocumented() {
    for (ReckonTable table : ReckonTable.values()) {
      assertThat(output(shared).read(table).schema()).isEqualTo(table.schema());
    }
    Row answer = output(shared).read(ReckonTable.ANSWERS).where("prompt_id = 'good'").head();
    assertThat(answer.<String>getAs("request_key")).hasSize(64);
    assertThat(answer.<String>getAs("model_fingerprint")).isEqualTo("fake-slow");
    assertThat(answer.<Object>getAs("generated_at")).isNotNull();
    assertThat(shared.resolve("out/_reckon/journal")).isEmptyDirectory();
    assertThat(shared.resolve("out/_reckon/work")).isEmptyDirectory();
    assertThat(shared.resolve("out/_reckon/lock")).doesNotExist();
  }

  @Test
  void countsRowsErrorsAndRightAnswersByFamily() {
    assertThat(mixed.count().rows()).isEqualTo(6);
    assertThat(mixed.count().errors()).isEqualTo(Map.of("PROMPT_EMPTY", 2L, "PROMPT_TOO_LONG", 1L));
    assertThat(mixed.accuracy().families())
        .containsExactly(
            new FamilyAccuracy("loud", 2, 2, 2, 1), new FamilyAccuracy("quiet", 2, 0, 0, 0));
    assertThat(mixed.examples())
        .extracting(AnsweredPrompt::prompt)
        .containsExactlyInAnyOrder("grüße 🎉", "b", "c");
  }

  @Test
  void tellsHowItGoes() {
    assertThat(UPDATES)
        .extracting(Update::phase)
        .containsSubsequence(Phase.READING, Phase.GENERATING, Phase.WRITING);
    assertThat(UPDATES)
        .filteredOn(update -> update.phase() == Phase.GENERATING)
        .isNotEmpty()
        .allMatch(update -> update.rows() == 6);
  }

  @Test
  void aSecondRunOfTheSameCommandGeneratesNothingAndWritesOneRowOfRuns() throws IOException {
    InferOptions options =
        options(prompts(300)).toBuilder().engine(FAKE.withModel("counted")).partitions(20).build();
    int before = FakeEngines.opened().size();

    RunSummary first = run(options);
    long versions = versions("answers") + versions("reasoning_traces");
    RunSummary second = run(options);

    assertThat(FakeEngines.opened()).hasSize(before + 1);
    assertThat(second.count().rows()).isZero();
    assertThat(versions("answers") + versions("reasoning_traces")).isEqualTo(versions);
    assertThat(AnswerReader.current(output(folder)).collectAsList())
        .hasSize(300)
        .allMatch(row -> row.<String>getAs("run_id").equals(first.runId()));
    assertThat(output(folder).read(ReckonTable.RUNS).select("status", "rows").collectAsList())
        .extracting(Row::toString)
        .containsExactlyInAnyOrder("[finished,300]", "[finished,0]");
  }

  @Test
  void otherSamplingIsAnotherRequestAndTheNewestRowIsCurrent() throws IOException {
    InferOptions options = options(prompts(30));

    run(options);
    RunSummary second =
        run(options.toBuilder().sampling(options.sampling().withMaxNewTokens(7)).build());

    assertThat(output(folder).read(ReckonTable.ANSWERS).count()).isEqualTo(60);
    assertThat(AnswerReader.current(output(folder)).collectAsList())
        .hasSize(30)
        .allMatch(row -> row.<String>getAs("run_id").equals(second.runId()));
  }

  @Test
  void theAccuracyIsOfWhatTheRunItselfAsks() throws IOException {
    Path prompts = write("expected.csv", "id,prompt,expected\na,yes,YES\n");
    InferOptions options = options(prompts.toString());
    run(options);
    RunSummary other =
        run(options.toBuilder().sampling(options.sampling().withMaxNewTokens(7)).build());
    SPARK.sql(
        "update delta.`%s` set answer = 'NO' where run_id = '%s'"
            .formatted(output(folder).path(ReckonTable.ANSWERS), other.runId()));

    RunSummary again = run(options);

    assertThat(again.count().rows()).isZero();
    assertThat(again.accuracy().families()).containsExactly(new FamilyAccuracy("", 1, 1, 0, 0));
  }

  @Test
  void refusesResultFilesAmongTheTablesHoweverTheFolderIsWritten() throws IOException {
    String prompts = prompts(1);
    for (String results : List.of("/out", "/out/results", "/./x/../out//results")) {
      InferOptions inside = options(prompts).toBuilder().openAiOutput(folder + results).build();
      assertThatThrownBy(() -> run(inside))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("inside --output, which holds tables alone");
    }
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void aSecondRunAtTheSameTimeIsRefused() throws Exception {
    InferOptions options =
        options(prompts(20)).toBuilder()
            .engine(FAKE.withModel("held"))
            .window(1)
            .partitions(2)
            .build();
    Thread first =
        new Thread(() -> new InferJob(new FakeEngines(300)).run(SPARK, options, Progress.NONE));
    first.start();
    while (!Files.exists(folder.resolve("out/_reckon/lock.renewed"))) {
      Thread.sleep(20);
    }

    assertThatThrownBy(() -> run(options))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("writes to '")
        .hasMessageContaining("process " + ProcessHandle.current().pid());
    first.join();
    assertThat(output(folder).read(ReckonTable.ANSWERS).count()).isEqualTo(20);
  }

  @Test
  void aRowIsThereOnceThoughItsEngineFailedUnderIt() throws IOException {
    String rows =
        IntStream.range(0, 50)
            .mapToObj(i -> "%d,%s".formatted(i, i == 30 ? "<fail> job" : "q" + i))
            .collect(Collectors.joining("\n", "id,prompt\n", "\n"));

    run(options(write("rows.csv", rows).toString()));

    assertThat(output(folder).read(ReckonTable.ANSWERS).count()).isEqualTo(50);
    assertThat(output(folder).read(ReckonTable.ANSWERS).select("prompt_id").distinct().count())
        .isEqualTo(50);
  }

  @Test
  void aRunCostsWhatItsExecutorsCostWhileItLasted() throws IOException {
    InferOptions options = options(prompts(3));
    RunSummary free = run(options);
    RunSummary paid = run(options.toBuilder().rerun(Rerun.ALL).gpuHourPrice(3600).build());

    assertThat(free.cost()).isZero();
    double seconds = paid.elapsed().toMillis() / 1e3;
    assertThat(paid.cost()).isBetween(seconds / 2, seconds + 1);
    assertThat(output(folder).read(ReckonTable.RUNS).orderBy("started_at").collectAsList())
        .extracting(row -> row.<Double>getAs("cost"))
        .containsExactly(null, paid.cost());
  }

  @Test
  void anEmptySourceIsARunOfNoRows() throws IOException {
    RunSummary summary = run(options(write("rows.csv", "id,prompt\n").toString()));

    assertThat(summary.count().rows()).isZero();
    assertThat(output(folder).read(ReckonTable.RUNS).count()).isEqualTo(1);
  }

  @Test
  void aWrongModelIsToldBeforeAnythingIsWritten() throws IOException {
    InferOptions options =
        options(prompts(3)).toBuilder().engine(FAKE.withModel("missing")).build();

    assertThatThrownBy(() -> run(options))
        .isInstanceOf(UserError.class)
        .hasMessage("there is no folder missing");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void aRunThatBreaksKeepsWhatWasDoneAndTheNextGoesOn() throws IOException {
    String rows = "id,prompt\n0,1 + 1\n1,<fail> a\n2,<fail> b\n3,<fail> c\n4,<fail> d\n";
    // One row at a time: each of the three attempts meets another that breaks its engine.
    InferOptions options =
        options(write("rows.csv", rows).toString()).toBuilder().partitions(1).window(1).build();

    assertThatThrownBy(() -> run(options))
        .isInstanceOf(RunFailedException.class)
        .hasMessageContaining("the device was lost")
        .hasMessageEndingWith("what was done is kept, and the same command goes on from there");
    long kept = output(folder).rows(ReckonTable.ANSWERS).count();
    assertThat(kept).isPositive();
    Row failed = output(folder).read(ReckonTable.RUNS).head();
    assertThat(failed.<String>getAs("status")).isEqualTo("failed");
    assertThat(failed.<String>getAs("failure")).contains("the device was lost");
    assertThat(failed.<Long>getAs("rows")).isEqualTo(kept);
    assertThat(folder.resolve("out/_reckon/journal")).as("late files").isNotEmptyDirectory();

    RunSummary second = run(options);

    assertThat(second.count().rows()).isEqualTo(5 - kept);
    assertThat(output(folder).read(ReckonTable.ANSWERS).count()).isEqualTo(5);
    assertThat(folder.resolve("out/_reckon/journal")).isEmptyDirectory();
  }

  private long versions(String table) throws IOException {
    try (var files = Files.list(folder.resolve("out").resolve(table).resolve("_delta_log"))) {
      return files.filter(file -> file.toString().endsWith(".json")).count();
    }
  }

  private RunSummary run(InferOptions options) {
    return new InferJob(new FakeEngines(1)).run(SPARK, options, Progress.NONE);
  }

  private InferOptions options(String prompts) {
    return InferOptions.builder(prompts, folder.resolve("out").toString())
        .engine(FAKE)
        .report(false)
        .examples(0)
        .build();
  }

  private static OutputFolder output(Path folder) {
    return OutputFolder.at(SPARK, folder.resolve("out").toString());
  }

  private String prompts(int count) throws IOException {
    String rows =
        IntStream.range(0, count)
            .mapToObj(i -> "p%d,question %d".formatted(i, i))
            .collect(Collectors.joining("\n", "id,prompt\n", "\n"));
    return write("prompts.csv", rows).toString();
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }
}
