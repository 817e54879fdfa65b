package io.reckon.jobs.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.jobs.TestSpark;
import io.reckon.jobs.commit.Manifest.Copies;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
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
    JournaledAnswers.write(state, "run-1", 0, 5, "a by 5", "b by 5");
    JournaledAnswers.write(state, "run-1", 0, 7, "a by 7", "c by 7");

    assertThat(recover()).containsExactly("run-1");

    assertThat(answers()).containsExactly("a by 5 run-1", "b by 5 run-1", "c by 7 run-1");
    assertThat(output.read(ReckonTable.REASONING_TRACES).count()).isEqualTo(3);
  }

  @Test
  void aCommitThatWasCutShortIsDoneAgainOnce() throws Exception {
    JournaledAnswers.write(state, "run-1", 0, 5, "a by 5");
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
    JournaledAnswers.write(state, "run-1", 0, 5, "a by 5");
    Files.createDirectories(folder.resolve("_reckon/manifests"));
    Files.writeString(folder.resolve("_reckon/manifests/000000004.json"), "{\"version\":4,");

    recover();
    assertThat(answers()).containsExactly("a by 5 run-1");
    assertThat(state.manifests().lastVersion()).isEqualTo(5);
  }

  @Test
  void whatAnExecutorOfADeadRunClosesLateIsNoSecondAnswer() throws Exception {
    JournaledAnswers.write(state, "run-2", 0, 1, "a by 1");
    recover();
    state.forget("run-2");

    JournaledAnswers.write(state, "run-1", 0, 9, "a by 9", "b by 9");
    recover();
    assertThat(answers()).containsExactly("a by 1 run-2", "b by 9 run-1");
  }

  @Test
  void whoHasLostTheLockRecoversNothing() throws Exception {
    JournaledAnswers.write(state, "run-1", 0, 5, "a by 5");
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
    JournaledAnswers.write(state, "run-1", 0, 1, "a by 1");
    recover();
    state.forget("run-1");

    JournaledAnswers.write(state, "run-2", 0, 1, "a by 2");
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
