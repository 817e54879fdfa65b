package io.reckon.jobs.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.jobs.TestSpark;
import io.reckon.jobs.commit.Manifest.Copies;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import io.reckon.udfs.GenerationRow;
import io.reckon.udfs.journal.JournalPace;
import io.reckon.udfs.journal.JournalWriter;
import io.reckon.udfs.journal.TaskAttempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What runs that died leave, and what becomes of it. */
class RecoveryTest {
  private static final SparkSession SPARK = TestSpark.session();

  @TempDir Path folder;
  private OutputFolder output;
  private StateFolder state;

  @BeforeEach
  void open() {
    output = OutputFolder.at(SPARK, folder.toString());
    state = new StateFolder(output, new Configuration());
  }

  @Test
  void ofCopiesTheFirstByNameCountsInBothTables() throws Exception {
    journal("run-1", 0, 5, "a by 5", "b by 5");
    journal("run-1", 0, 7, "a by 7", "c by 7");

    assertThat(recover()).containsExactly("run-1");

    assertThat(answers()).containsExactly("a by 5 run-1", "b by 5 run-1", "c by 7 run-1");
    assertThat(output.read(ReckonTable.REASONING_TRACES).count()).isEqualTo(3);
  }

  @Test
  void aCommitThatWasCutShortIsDoneAgainOnce() throws Exception {
    journal("run-1", 0, 5, "a by 5");
    Manifest manifest = new Manifest(1, Copies.NONE, files("run-1"), List.of());
    state.manifests().write(manifest);
    new TableCommit(SPARK, output, state).append(manifest); // And the driver dies before "done".

    recover();
    assertThat(answers()).containsExactly("a by 5 run-1");
    assertThat(state.manifests().lastVersion()).as("found again, brings nothing").isEqualTo(2);
    assertThat(state.manifests().unfinished()).isEmpty();
  }

  @Test
  void aManifestThatWasNotWrittenToItsEndIsNone() throws Exception {
    journal("run-1", 0, 5, "a by 5");
    Files.createDirectories(folder.resolve("_reckon/manifests"));
    Files.writeString(folder.resolve("_reckon/manifests/000000004.json"), "{\"version\":4,");

    recover();
    assertThat(answers()).containsExactly("a by 5 run-1");
    assertThat(state.manifests().lastVersion()).isEqualTo(5);
  }

  @Test
  void whatAnExecutorOfADeadRunClosesLateIsNoSecondAnswer() throws Exception {
    journal("run-2", 0, 1, "a by 1");
    recover();
    state.forget("run-2");

    journal("run-1", 0, 9, "a by 9", "b by 9");
    recover();
    assertThat(answers()).containsExactly("a by 1 run-2", "b by 9 run-1");
  }

  @Test
  void aCommitThatEndsInAnErrorOfTheJvmIsTold() throws Exception {
    journal("run-1", 0, 5, "a by 5");
    try (RunLock lock = RunLock.take(state, "run-1");
        Committer committer =
            new Committer(
                SPARK, output, state, state.journal("run-1"), lock, Duration.ofMinutes(1))) {
      committer.start(
          () -> {
            throw new StackOverflowError("a plan too deep");
          });

      assertThatThrownBy(committer::finish)
          .isInstanceOf(IOException.class)
          .hasMessage("cannot commit: java.lang.StackOverflowError: a plan too deep");
    }
  }

  @Test
  void whoHasLostTheLockRecoversNothing() throws Exception {
    journal("run-1", 0, 5, "a by 5");
    Manifest manifest = new Manifest(1, Copies.NONE, files("run-1"), List.of());
    try (RunLock lock = RunLock.take(state, "next")) {
      Recovery recovery = new Recovery(SPARK, output, state, lock);
      state.files().delete(state.lock(), false);

      assertThatThrownBy(recovery::complete).hasMessageContaining("another run has taken over");
      assertThat(state.manifests().lastVersion()).isZero();

      state.manifests().write(manifest);
      assertThatThrownBy(recovery::complete).hasMessageContaining("another run has taken over");
    }
    assertThat(output.has(ReckonTable.ANSWERS)).isFalse();
  }

  @Test
  void anAnswerMadeAgainOnPurposeStandsBesideTheOldOne() throws Exception {
    journal("run-1", 0, 1, "a by 1");
    recover();
    state.forget("run-1");

    journal("run-2", 0, 1, "a by 2");
    recover();
    assertThat(answers()).containsExactly("a by 1 run-1", "a by 2 run-2");
  }

  private List<String> recover() throws IOException {
    try (RunLock lock = RunLock.take(state, "next")) {
      return new Recovery(SPARK, output, state, lock).complete();
    }
  }

  private List<String> files(String run) throws IOException {
    return state.journal(run).closed(any -> true).stream()
        .map(file -> run + "/" + file.name())
        .toList();
  }

  /** Journals answers; the first letter of each is its prompt's id. */
  private void journal(String run, int partition, long attempt, String... answers)
      throws Exception {
    JournalWriter journal =
        new JournalWriter(
            state.journal(run),
            new TaskAttempt(partition, attempt),
            GenerationRow.SCHEMA,
            Map.of("run_id", run),
            JournalPace.DEFAULT);
    for (String answer : answers) {
      journal.add(row(answer));
    }
    var unused = journal.finish();
  }

  private static Row row(String answer) {
    Object[] values = new Object[GenerationRow.SCHEMA.length()];
    Map<String, Object> given =
        Map.of(
            "prompt_id",
            answer.substring(0, 1),
            "sample",
            0,
            "request_key",
            "key",
            "answer",
            answer,
            "finish_reason",
            "stop",
            "model",
            "m",
            "model_fingerprint",
            "f",
            "generated_at_micros",
            1L);
    given.forEach((name, value) -> values[GenerationRow.SCHEMA.fieldIndex(name)] = value);
    return RowFactory.create(values);
  }

  private List<String> answers() {
    return output
        .read(ReckonTable.ANSWERS)
        .selectExpr("concat(answer, ' ', run_id) text")
        .orderBy("text")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }
}
