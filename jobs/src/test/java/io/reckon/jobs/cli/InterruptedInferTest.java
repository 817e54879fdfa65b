package io.reckon.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.train.problem.ProblemSet;
import io.reckon.jobs.BesideOthers;
import io.reckon.jobs.TestSpark;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code infer} on one machine, ended in the middle and started again. */
@BesideOthers
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class InterruptedInferTest {
  /** So that much is journaled, and some of it committed, long before the end. */
  private static final List<String> QUICK =
      List.of(
          "spark.reckon.journal.delay=100ms",
          "spark.reckon.commit.interval=1s",
          "spark.reckon.maxRunning=8");

  private static final int PROMPTS = 11 * 20;

  @TempDir private Path folder;
  private Path prompts;

  @BeforeEach
  void writePrompts() throws IOException {
    prompts = folder.resolve("prompts.jsonl");
    try (Writer writer = Files.newBufferedWriter(prompts)) {
      ProblemSet.write(PROMPTS / 11, 1, writer);
    }
  }

  @Test
  void whatAKillAndThenControlCLeaveIsDoneByTheNext() throws Exception {
    try (CliProcess first = start("first")) {
      first.await(() -> somethingIsJournaledBeside(Set.of()));
      first.kill();
    }
    Set<Path> ofFirst = journals();
    try (CliProcess second = start("second")) {
      second.await(() -> somethingIsJournaledBeside(ofFirst));
      second.interrupt();
      assertThat(second.exitCode()).isEqualTo(130);
      assertThat(second.printed())
          .containsPattern("reckon: interrupted after \\d+ of \\d+ answers")
          .contains("What is finished is kept in ", "the same command goes on from there")
          .contains("writes the report of this run")
          .doesNotContain("infer failed");
    }
    assertThat(folder.resolve("out/_reckon/lock")).doesNotExist();

    try (CliProcess third = start("third")) {
      assertThat(third.exitCode()).as(third::printed).isZero();
      assertThat(third.printed()).contains("done before");
    }

    assertEachPromptOnce();
    assertThat(runs())
        .extracting(row -> row.<String>getAs("status"))
        .containsExactly("interrupted", "interrupted", "finished");
    assertThat(runs()).allMatch(row -> row.<Long>getAs("rows") > 0);
    assertThat(runs())
        .allSatisfy(
            row ->
                assertThat(folder.resolve("out/reports/" + row.getAs("run_id") + ".html"))
                    .content()
                    .contains(row.<String>getAs("status")));
    assertThat(runs().stream().mapToLong(row -> row.<Long>getAs("rows")).sum()).isEqualTo(PROMPTS);
  }

  private CliProcess start(String name) throws IOException {
    return CliProcess.start(folder.resolve(name + ".log"), QUICK, command());
  }

  private String[] command() {
    String output = folder.resolve("out").toString();
    return new String[] {"infer", "--prompts", prompts.toString(), "--output", output};
  }

  private boolean somethingIsJournaledBeside(Set<Path> others) {
    try {
      for (Path journal : journals()) {
        if (!others.contains(journal) && closedFiles(journal) > 3) {
          return true;
        }
      }
      return false;
    } catch (IOException | UncheckedIOException e) {
      return false; // A file has gone while it was listed.
    }
  }

  /** The folders of runs. */
  private Set<Path> journals() throws IOException {
    Path journals = folder.resolve("out/_reckon/journal");
    if (!Files.exists(journals)) {
      return Set.of();
    }
    try (var runs = Files.list(journals)) {
      return runs.collect(Collectors.toSet());
    }
  }

  private static long closedFiles(Path journal) throws IOException {
    try (var files = Files.walk(journal)) {
      return files.filter(file -> file.toString().endsWith(".arrow")).count();
    }
  }

  private void assertEachPromptOnce() {
    for (ReckonTable table : List.of(ReckonTable.ANSWERS, ReckonTable.REASONING_TRACES)) {
      Dataset<Row> rows = read(table);
      assertThat(rows.count()).isEqualTo(PROMPTS);
      assertThat(rows.select("prompt_id").distinct().count()).isEqualTo(PROMPTS);
    }
  }

  private List<Row> runs() {
    return read(ReckonTable.RUNS).orderBy("run_id").collectAsList();
  }

  private Dataset<Row> read(ReckonTable table) {
    return OutputFolder.at(TestSpark.session(), folder.resolve("out").toString()).read(table);
  }
}
