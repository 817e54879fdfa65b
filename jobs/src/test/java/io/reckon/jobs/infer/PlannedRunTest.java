package io.reckon.jobs.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.SamplingParameters;
import io.reckon.jobs.TestSpark;
import io.reckon.jobs.UserError;
import io.reckon.jobs.plan.PlanFigures;
import io.reckon.jobs.plan.Rerun;
import io.reckon.jobs.tables.AnswerReader;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import io.reckon.udfs.EngineSettings;
import io.reckon.udfs.FakeEngines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlannedRunTest {
  private static final SparkSession SPARK = TestSpark.session();

  @TempDir Path folder;

  @Test
  void everyIdGetsItsRowAndARequestIsGeneratedOnce() throws IOException {
    RunSummary first = run(options("id,prompt\na,same\nb,same\nc,other\n"));

    assertThat(first.count().rows()).isEqualTo(3);
    assertThat(first.count().copiedRows()).isEqualTo(1);
    assertThat(first.count().generatedTokens()).isEqualTo(3 + 4 + 3 + 5);

    RunSummary second = run(options("id,prompt\nx,same\na,same\nc,other\n"));

    assertThat(second.count().rows()).isEqualTo(1);
    assertThat(second.count().generatedTokens()).isZero();
    assertThat(current()).containsExactly("a: SAME", "b: SAME a", "c: OTHER", "x: SAME a");
    assertThat(output().read(ReckonTable.REASONING_TRACES).where("reasoning is not null").count())
        .isEqualTo(4);
  }

  @Test
  void whatIsToBeDoneAgainStandsBesideTheOldRowsAndIsCurrent() throws IOException {
    InferOptions options = options("id,prompt\na,same\nb,same\nc,other\n");
    run(options);
    RunSummary again = run(options.toBuilder().rerun(Rerun.ALL).build());

    assertThat(again.count().rows()).isEqualTo(3);
    assertThat(output().read(ReckonTable.ANSWERS).count()).isEqualTo(6);
    assertThat(AnswerReader.current(output()).collectAsList())
        .hasSize(3)
        .allMatch(row -> row.<String>getAs("run_id").equals(again.runId()));
  }

  @Test
  void aRunThatGoesWrongAsAWholeIsStoppedAndKeepsItsRows() throws IOException {
    String rows =
        IntStream.range(0, 20)
            .mapToObj(i -> i + "," + (i < 10 ? "good " + i : "x".repeat(20_000) + i))
            .collect(Collectors.joining("\n", "id,prompt\n", "\n20,<stuck>\n"));
    InferOptions options =
        options(rows).toBuilder().failureLimit(FailureLimit.parse("10%")).build();

    assertThatThrownBy(() -> run(options))
        .isInstanceOf(RunFailedException.class)
        .hasMessageContaining("rows failed, and --max-failed-rows allows 2")
        .hasMessageEndingWith("what was done is kept, and the same command goes on from there");
    Row run = output().read(ReckonTable.RUNS).head();
    assertThat(run.<String>getAs("status")).isEqualTo("failed");
    assertThat(output().read(ReckonTable.ANSWERS).where("error.code = 'PROMPT_TOO_LONG'").count())
        .isGreaterThan(2);
  }

  @Test
  void theShareThatMayFailIsOfTheSamplesThatRowsAskForThemselves() throws IOException {
    InferOptions options =
        batch(request("good", 30, "hello"), request("bad", 3, "x".repeat(20_000))).toBuilder()
            .failureLimit(FailureLimit.parse("10%"))
            .build();

    assertThat(run(options).count().failedRows()).isEqualTo(3);
  }

  @Test
  void aRowGetsTheSamplesThatAnotherHadBesideThoseMadeForIt() throws IOException {
    SamplingParameters drawn = SamplingParameters.builder().temperature(0.7).build();
    run(options("id,prompt\na,same\n").toBuilder().sampling(drawn).build());
    run(options("id,prompt\nb,same\n").toBuilder().sampling(drawn).samples(3).build());

    assertThat(samples()).containsExactly("a 0", "b 0", "b 1", "b 2");
  }

  @Test
  void aRequestIsMadeForARowThatAsksForAllItsSamples() throws IOException {
    run(batch(request("a", 1, "same")));
    run(batch(request("a", 1, "same"), request("b", 2, "same")));
    assertThat(samples()).containsExactly("a 0", "b 0", "b 1");

    run(batch(request("a", 1, "same"), request("b", 2, "same"), request("c", 3, "same")));
    assertThat(samples()).containsExactly("a 0", "b 0", "b 1", "c 0", "c 1", "c 2");
  }

  private InferOptions batch(String... lines) throws IOException {
    return options(Files.write(folder.resolve("batch.jsonl"), List.of(lines)));
  }

  private List<String> samples() {
    return answers("concat_ws(' ', prompt_id, sample)");
  }

  private static String request(String id, int samples, String text) {
    return """
        {"custom_id": "%s", "method": "POST", "url": "/v1/chat/completions", "body": {\
        "messages": [{"role": "user", "content": "%s"}], "temperature": 1, "n": %d}}"""
        .formatted(id, text, samples);
  }

  @Test
  void aPlanWritesNothing() throws IOException {
    PlanFigures plan = new InferJob(new FakeEngines(1)).plan(SPARK, options("id,prompt\n1,a\n"));

    assertThat(plan.workRows()).isEqualTo(1);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void aLimitOfFailuresIsANumberOrAShare() {
    assertThat(FailureLimit.parse("7").of(1000)).isEqualTo(7);
    assertThat(FailureLimit.parse("2.5%").of(1000)).isEqualTo(25);
    assertThat(FailureLimit.parse("").of(1000)).isEqualTo(Long.MAX_VALUE);
    for (String wrong : List.of("many", "-1", "101%", "%", "NaN%")) {
      assertThatThrownBy(() -> FailureLimit.parse(wrong))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("--max-failed-rows is");
    }
  }

  private RunSummary run(InferOptions options) {
    return new InferJob(new FakeEngines(1)).run(SPARK, options, Progress.NONE);
  }

  private InferOptions options(String csv) throws IOException {
    return options(Files.writeString(folder.resolve("prompts.csv"), csv));
  }

  private InferOptions options(Path prompts) {
    return InferOptions.builder(prompts.toString(), folder.resolve("out").toString())
        .engine(EngineSettings.builtin().withModel("fake"))
        .report(false)
        .examples(0)
        .build();
  }

  private OutputFolder output() {
    return OutputFolder.at(SPARK, folder.resolve("out").toString());
  }

  /** Id, answer, and whom it was generated for. */
  private List<String> current() {
    return answers("concat_ws(' ', prompt_id || ':', answer, copied_from)");
  }

  private List<String> answers(String text) {
    return output().read(ReckonTable.ANSWERS).selectExpr(text).collectAsList().stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }
}
