package io.reckon.jobs.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.jobs.TestSpark;
import io.reckon.jobs.UserError;
import io.reckon.jobs.infer.Progress.Phase;
import io.reckon.jobs.infer.Progress.Update;
import io.reckon.jobs.infer.RunSummary.FamilyAccuracy;
import io.reckon.jobs.source.PromptOptions;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InferJobTest {
  private static final SparkSession SPARK = TestSpark.session();
  private static final EngineSettings FAKE = EngineSettings.builtin().withModel("fake");

  @TempDir Path folder;

  @Test
  void everyRowEndsInATableWithAnAnswerOrAnError() throws IOException {
    String rows =
        """
        {"id":"good","prompt":"grüße 🎉"}
        {"id":"empty","prompt":""}
        {"id":"null","prompt":null}
        {"id":"long","prompt":"%s"}
        {"id":"role","messages":[{"role":"wizard","content":"abra"}]}
        """
            .formatted("x".repeat(20_000));

    RunSummary summary =
        run(
            options(write("rows.jsonl", rows).toString())
                .withPrompts(PromptOptions.of(folder + "/rows.jsonl").withPromptColumn("prompt")));

    assertThat(summary.count().rows()).isEqualTo(5);
    assertThat(summary.count().errors())
        .isEqualTo(Map.of("PROMPT_EMPTY", 3L, "PROMPT_TOO_LONG", 1L));
    Map<String, AnsweredPrompt> answers = answers();
    assertThat(answers.get("good").answer()).isEqualTo("GRÜSSE 🎉");
    assertThat(answers.get("good").reasoning()).isEqualTo("said louder: grüße 🎉");
    assertThat(answers.get("good").finishReason()).isEqualTo("stop");
    assertThat(answers.get("null").errorMessage()).contains("the prompt is null");
    assertThat(answers.get("long").finishReason()).isEqualTo("error");
    assertThat(output().read(ReckonTable.REASONING_TRACES).count()).isEqualTo(5);
  }

  @Test
  void eachTableHasTheColumnsThatAreDocumented() throws IOException {
    run(options(prompts(3)));

    for (ReckonTable table : ReckonTable.values()) {
      assertThat(output().read(table).schema()).isEqualTo(table.schema());
    }
    Row answer = output().read(ReckonTable.ANSWERS).head();
    assertThat(answer.<String>getAs("request_key")).hasSize(64);
    assertThat(answer.<String>getAs("model_fingerprint")).isEqualTo("fake-fake");
    assertThat(answer.<Object>getAs("generated_at")).isNotNull();
    assertThat(folder.resolve("out/_staging")).doesNotExist();
  }

  @Test
  void secondRunsAppendAndTheNewestRowIsCurrent() throws IOException {
    String prompts = prompts(4);
    RunSummary first = run(options(prompts));
    RunSummary second = run(options(prompts));

    assertThat(second.runId()).isNotEqualTo(first.runId());
    assertThat(output().read(ReckonTable.ANSWERS).count()).isEqualTo(8);
    assertThat(AnswerReader.current(output()).collectAsList())
        .hasSize(4)
        .allMatch(row -> row.<String>getAs("run_id").equals(second.runId()));
    assertThat(output().read(ReckonTable.RUNS).select("status", "rows").collectAsList().toString())
        .isEqualTo("[[succeeded,4], [succeeded,4]]");
  }

  @Test
  void oneEngineServesManyPartitionsAndSeveralRuns() throws IOException {
    EngineSettings own = FAKE.withModel("counted");
    InferOptions options = options(prompts(300)).withEngine(own).withPartitions(50);
    int before = FakeEngines.opened().size();

    run(options);
    run(options);

    assertThat(FakeEngines.opened()).hasSize(before + 1);
    assertThat(output().read(ReckonTable.ANSWERS).select("prompt_id").distinct().count())
        .isEqualTo(300);
  }

  @Test
  void aRowIsThereOnceThoughItsEngineFailedUnderIt() throws IOException {
    String rows =
        IntStream.range(0, 50)
            .mapToObj(i -> "%d,%s".formatted(i, i == 30 ? "<fail> job" : "q" + i))
            .collect(Collectors.joining("\n", "id,prompt\n", "\n"));

    run(options(write("rows.csv", rows).toString()));

    assertThat(output().read(ReckonTable.ANSWERS).count()).isEqualTo(50);
    assertThat(output().read(ReckonTable.ANSWERS).select("prompt_id").distinct().count())
        .isEqualTo(50);
  }

  @Test
  void countsRightAnswersAndTracesByFamily() throws IOException {
    String rows =
        """
        id,prompt,family,expected,expected_reasoning
        1,a,loud,A,said louder: a
        2,b,loud, B ,said softer: b
        3,c,quiet,c,
        4,,quiet,d,
        5,e,quiet,,
        """;

    RunSummary summary = run(options(write("rows.csv", rows).toString()));

    assertThat(summary.accuracy())
        .containsExactly(
            new FamilyAccuracy("loud", 2, 2, 2, 1), new FamilyAccuracy("quiet", 2, 0, 0, 0));
    assertThat(summary.examples()).hasSize(3).allMatch(AnsweredPrompt::answered);
    assertThat(summary.examples()).extracting(AnsweredPrompt::prompt).containsAnyOf("a", "b", "c");
  }

  @Test
  void anEmptySourceIsARunOfNoRows() throws IOException {
    RunSummary summary = run(options(write("rows.csv", "id,prompt\n").toString()));

    assertThat(summary.count().rows()).isZero();
    assertThat(output().read(ReckonTable.RUNS).count()).isEqualTo(1);
  }

  @Test
  void tellsHowItGoes() throws IOException {
    List<Update> updates = new CopyOnWriteArrayList<>();
    InferOptions options = options(prompts(40)).withPartitions(20);

    new InferJob(new FakeEngines(400)).run(SPARK, options, updates::add);

    assertThat(updates)
        .extracting(Update::phase)
        .containsSubsequence(Phase.READING, Phase.GENERATING, Phase.WRITING);
    assertThat(updates)
        .filteredOn(update -> update.phase() == Phase.GENERATING)
        .anyMatch(update -> update.rowsDone() > 0 && update.rows() == 40);
  }

  @Test
  void aWrongModelIsToldBeforeAnythingIsWritten() throws IOException {
    InferOptions options = options(prompts(3)).withEngine(FAKE.withModel("missing"));

    assertThatThrownBy(() -> run(options))
        .isInstanceOf(UserError.class)
        .hasMessage("there is no folder missing");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void aRunThatBreaksSaysSoInTheTableOfRuns() throws IOException {
    String rows = "id,prompt\n" + "1,<fail> a\n2,<fail> b\n3,<fail> c\n4,<fail> d\n";
    InferOptions options = options(write("rows.csv", rows).toString()).withPartitions(1);

    assertThatThrownBy(
            () ->
                new InferJob(new FakeEngines(1))
                    .run(
                        SPARK,
                        new InferOptions(
                            options.prompts(),
                            options.output(),
                            options.engine(),
                            options.sampling(),
                            1,
                            1,
                            0),
                        Progress.NONE))
        .isInstanceOf(RunFailedException.class)
        .hasMessageContaining("the device was lost")
        .hasMessageEndingWith("nothing was added to the tables");
    assertThat(folder.resolve("out/answers")).doesNotExist();
    Row run = output().read(ReckonTable.RUNS).head();
    assertThat(run.<String>getAs("status")).isEqualTo("failed");
    assertThat(run.<String>getAs("failure")).contains("the device was lost");
    assertThat(folder.resolve("out/_staging")).doesNotExist();
  }

  private RunSummary run(InferOptions options) {
    return new InferJob(new FakeEngines(1)).run(SPARK, options, Progress.NONE);
  }

  private InferOptions options(String prompts) {
    return InferOptions.of(prompts, folder.resolve("out").toString()).withEngine(FAKE);
  }

  private OutputFolder output() {
    return OutputFolder.at(SPARK, folder.resolve("out").toString());
  }

  private Map<String, AnsweredPrompt> answers() {
    return AnswerReader.current(output()).collectAsList().stream()
        .map(AnsweredPrompt::of)
        .collect(Collectors.toMap(AnsweredPrompt::promptId, answer -> answer));
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
