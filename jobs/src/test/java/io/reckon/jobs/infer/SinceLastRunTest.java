package io.reckon.jobs.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.ModelDescription;
import io.reckon.jobs.TestSpark;
import io.reckon.jobs.UserError;
import io.reckon.jobs.commit.StateFolder;
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
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SinceLastRunTest {
  private static final SparkSession SPARK = TestSpark.session();
  private static final EngineSettings FAKE = EngineSettings.builtin().withModel("fake");

  /** Too long for the model: fails, now and always. */
  private static final String LONG = "x".repeat(20_000);

  @TempDir private Path folder;
  private String table;

  @BeforeEach
  void nameTheSource() {
    table = "delta.`" + folder.resolve("source") + "`";
  }

  @Test
  void readsWhatTheFeedOfATableHasAsNew() {
    createTable(true, "('a', 'one', 0), ('b', 'two', 0), ('c', 'three', 0)");
    assertThat(run().asked()).isEqualTo(3);
    SPARK.sql("update " + table + " set prompt = 'first' where id = 'a'");
    SPARK.sql("update " + table + " set seen = 1");
    SPARK.sql("insert into " + table + " values ('d', 'four', 0), ('e', 'five', 0)");
    SPARK.sql("delete from " + table + " where id in ('b', 'e')");

    RunSummary second = run();

    assertThat(second.asked()).as("a has another text, d is new, e came and went").isEqualTo(2);
    assertThat(second.count().rows()).isEqualTo(2);
    assertThat(current()).containsExactly("a: FIRST", "b: TWO", "c: THREE", "d: FOUR");
    assertThat(output().read(ReckonTable.ANSWERS).where("prompt_id = 'a'").collectAsList())
        .extracting(row -> row.<Long>getAs("source_version"))
        .containsExactlyInAnyOrder(1L, 5L);
    assertThat(run().asked()).as("nothing is new").isZero();
  }

  @Test
  void aPromptThatGoesBackToAnEarlierTextHasItsAnswerAgainForNothing() {
    createTable(true, "('a', 'one', 0)");
    run();
    SPARK.sql("update " + table + " set prompt = 'two'");
    run();
    SPARK.sql("update " + table + " set prompt = 'one'");

    RunSummary third = run();

    assertThat(third.count().rows()).isEqualTo(1);
    assertThat(third.count().generatedTokens()).isZero();
    assertThat(current()).containsExactly("a: ONE");
  }

  @Test
  void comparesWhereATableKeepsNoFeed() {
    createTable(false, "('a', 'one', 0), ('b', 'two', 0)");
    run();
    SPARK.sql("update " + table + " set prompt = 'first' where id = 'a'");

    RunSummary second = run();

    assertThat(second.asked()).isEqualTo(2);
    assertThat(second.count().rows()).isEqualTo(1);
    assertThat(current()).containsExactly("a: FIRST", "b: TWO");
    assertThat(run().asked()).as("the version is the same").isZero();
  }

  @Test
  void aRunThatFailedIsNotGoneOnFrom() {
    createTable(true, "('a', 'one', 0)");
    run();
    SPARK.sql("insert into " + table + " values ('b', 'two', 0), ('c', '" + LONG + "', 0)");
    InferOptions strict = options().toBuilder().failureLimit(FailureLimit.parse("0")).build();
    assertThatThrownBy(() -> run(strict)).isInstanceOf(RunFailedException.class);

    assertThat(run().asked()).as("b and c, again").isEqualTo(2);
    assertThat(run().asked()).as("an error that stays is an outcome").isZero();
  }

  @Test
  void comparesWhereTheFeedReachesNoLongerBack() {
    createTable(true, "('a', 'one', 0), ('b', 'two', 0)");
    run();
    SPARK.sql("update " + table + " set prompt = 'first' where id = 'a'");
    SPARK.sql("update " + table + " set prompt = 'FIRST!' where id = 'a'");
    SPARK.conf().set("spark.databricks.delta.retentionDurationCheck.enabled", "false");
    SPARK.sql("vacuum " + table + " retain 0 hours");
    SPARK.conf().unset("spark.databricks.delta.retentionDurationCheck.enabled");

    assertThat(run().asked()).isEqualTo(2);
    assertThat(current()).containsExactly("a: FIRST!", "b: TWO");
  }

  @Test
  void comparesWhereAnotherColumnHoldsThePrompts() {
    SPARK.sql(
        "create table "
            + table
            + " (id string, text string) using delta tblproperties (delta.enableChangeDataFeed = true)");
    SPARK.sql("insert into " + table + " values ('a', 'one')");
    run();
    SPARK.sql("alter table " + table + " add columns (prompt string)");

    assertThat(run().asked()).as("its feed has no row").isEqualTo(1);
    assertThat(current()).as("a prompt that is null").containsExactly("a: null");
  }

  @Test
  void comparesWhereTheTableIsAnotherOne() throws IOException {
    createTable(true, "('a', 'one', 0), ('b', 'two', 0)");
    run();
    Files.move(folder.resolve("source"), folder.resolve("old"));
    createTable(true, "('a', 'one', 0), ('c', 'three', 0)");
    SPARK.sql("insert into " + table + " values ('d', 'four', 0)");

    assertThat(run().asked()).isEqualTo(3);
    assertThat(current()).containsExactly("a: ONE", "b: TWO", "c: THREE", "d: FOUR");
  }

  @Test
  void comparesUnderOtherOptionsAndWhereTheseHaveLeftFailures() {
    createTable(true, "('a', 'one', 0), ('b', '" + LONG + "', 0)");
    run();
    InferOptions other =
        options().toBuilder().sampling(options().sampling().withMaxNewTokens(9)).build();

    assertThat(run(other).asked()).isEqualTo(2);
    assertThat(run().asked()).as("b has failed since").isEqualTo(2);
  }

  @Test
  void twoCommandsIntoOneOutputLeaveEachOthersRowsAlone() {
    createTable(false, "('a', 'one', 0), ('b', '" + LONG + "', 0)");
    InferOptions other =
        options().toBuilder().sampling(options().sampling().withMaxNewTokens(9)).build();
    run();
    assertThat(run(other).count().rows()).isEqualTo(2);
    SPARK.sql("update " + table + " set seen = 1");

    assertThat(run().count().rows()).as("all is compared").isZero();
    assertThat(run(other).count().rows()).isZero();
  }

  @Test
  void noticesARunThatEndsBeforeThisOneHasTheLock() {
    createTable(true, "('a', 'one', 0)");
    run();
    OutputFolder output = output();
    SinceLastRun since =
        SinceLastRun.look(
            SPARK,
            options(),
            new ModelDescription("fake", "fake-fake", "int8", "cpu", 10_000, 500, 1),
            output,
            new StateFolder(output, SPARK.sparkContext().hadoopConfiguration()));

    assertThat(since.isOvertaken()).isFalse();
    run();
    assertThat(since.isOvertaken()).isTrue();
  }

  @Test
  void readsFilesThatAreNewOrChanged() throws IOException {
    Path files = Files.createDirectories(folder.resolve("source/day=1"));
    Files.writeString(files.resolve("a.jsonl"), "{\"id\":\"a\",\"prompt\":\"one\"}\n");
    Files.writeString(files.resolve("b.jsonl"), "{\"id\":\"b\",\"prompt\":\"two\"}\n");
    assertThat(run().asked()).isEqualTo(2);
    assertThat(run().asked()).isZero();

    Path next = Files.createDirectories(folder.resolve("source/day=2"));
    Files.writeString(next.resolve("c [1].jsonl"), "{\"id\":\"c\",\"prompt\":\"three\"}\n");
    Files.writeString(files.resolve("a.jsonl"), "{\"id\":\"a\",\"prompt\":\"first\"}\n");

    assertThat(run().asked()).isEqualTo(2);
    assertThat(current()).containsExactly("a: FIRST", "b: TWO", "c: THREE");
    try (var remembered = Files.walk(folder.resolve("out/_reckon/sources"))) {
      assertThat(remembered.filter(file -> file.toString().endsWith(".json"))).hasSize(1);
    }
  }

  @Test
  void aBrokenLineOfANewBatchFileIsNoOldOne() throws IOException {
    Files.createDirectories(folder.resolve("source"));
    for (String day : List.of("day1", "day2")) {
      Files.writeString(
          folder.resolve("source/" + day + ".jsonl"),
          """
          {"custom_id": "%s", "method": "POST", "url": "/v1/chat/completions", "body": {\
          "messages": [{"role": "user", "content": "one"}]}}
          torn
          """
              .formatted(day));
      assertThat(run().count().rows()).as(day).isEqualTo(2);
    }

    List<String> current =
        List.of(
            "day1: ONE", "day2: ONE", "line 2 of day1.jsonl: null", "line 2 of day2.jsonl: null");
    assertThat(current()).isEqualTo(current);
    assertThat(run(options().toBuilder().sinceLastRun(false).build()).count().rows()).isZero();
    assertThat(current()).isEqualTo(current);
  }

  @Test
  void refusesWhatWouldLoseRows() {
    assertThatThrownBy(() -> options().toBuilder().rerun(Rerun.ALL).build())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--rerun is all with --since-last-run");
  }

  private void createTable(boolean feed, String rows) {
    SPARK.sql(
        "create table %s (id string, prompt string, seen int) using delta tblproperties (delta.enableChangeDataFeed = %s)"
            .formatted(table, feed));
    SPARK.sql("insert into " + table + " values " + rows);
  }

  private RunSummary run() {
    return run(options());
  }

  private RunSummary run(InferOptions options) {
    return new InferJob(new FakeEngines(1)).run(SPARK, options, Progress.NONE);
  }

  private InferOptions options() {
    return InferOptions.builder(
            folder.resolve("source").toString(), folder.resolve("out").toString())
        .engine(FAKE)
        .sinceLastRun(true)
        .report(false)
        .examples(0)
        .build();
  }

  private OutputFolder output() {
    return OutputFolder.at(SPARK, folder.resolve("out").toString());
  }

  private List<String> current() {
    return AnswerReader.current(output()).orderBy("prompt_id").collectAsList().stream()
        .map((Row row) -> row.getAs("prompt_id") + ": " + row.getAs("answer"))
        .toList();
  }
}
