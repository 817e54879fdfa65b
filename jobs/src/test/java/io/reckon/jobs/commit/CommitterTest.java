package io.reckon.jobs.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.jobs.TestSpark;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitterTest {
  private static final SparkSession SPARK = TestSpark.session();

  @TempDir Path folder;
  private OutputFolder output;
  private StateFolder state;
  private RunLock lock;

  @BeforeEach
  void open() throws IOException {
    output = OutputFolder.at(SPARK, folder.toString());
    state = new StateFolder(output, new Configuration());
    lock = RunLock.take(state, "run-1");
  }

  @AfterEach
  void close() {
    lock.close();
  }

  @Test
  void whatIsJournaledStandsInTheTablesWhenAFlushReturns() throws Exception {
    try (Committer committer = committer()) {
      committer.start(() -> {});
      JournaledAnswers.write(state, "run-1", 0, 5, "a", "b");
      committer.flush();
      assertThat(output.rows(ReckonTable.ANSWERS).count()).isEqualTo(2);

      committer.flush();
      assertThat(state.manifests().lastVersion()).as("nothing new, no commit").isEqualTo(1);
    }
  }

  @Test
  void aCommitThatEndsInAnErrorOfTheJvmIsTold() throws Exception {
    JournaledAnswers.write(state, "run-1", 0, 5, "a");
    try (Committer committer = committer()) {
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
  void whatIsCommittedStandsWhereWhatFollowsACommitFails() throws Exception {
    JournaledAnswers.write(state, "run-1", 0, 5, "a");
    try (Committer committer = committer()) {
      committer.start(
          () -> {
            throw new IllegalStateException("can't count failed rows");
          });

      committer.finish();
    }
    assertThat(output.rows(ReckonTable.ANSWERS).count()).isEqualTo(1);
  }

  @Test
  void whoClosesWaitsForTheCommitThatIsOn() throws Exception {
    CountDownLatch appended = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    JournaledAnswers.write(state, "run-1", 0, 5, "a");
    Committer committer = committer();
    committer.start(
        () -> {
          appended.countDown();
          awaitUninterrupted(goOn);
        });
    FutureTask<Boolean> flush =
        new FutureTask<>(
            () -> {
              committer.flush();
              return true;
            });
    new Thread(flush).start();
    appended.await();

    Thread closing = new Thread(committer::close);
    closing.start();
    closing.join(300);
    assertThat(closing.isAlive()).as("while the commit is on").isTrue();
    goOn.countDown();
    closing.join(10_000);
    assertThat(closing.isAlive()).isFalse();
    assertThat(flush.get(10, TimeUnit.SECONDS)).as("served by that commit").isTrue();
    assertThat(state.manifests().unfinished()).isEmpty();
  }

  @Test
  void aFlushThatComesTooLateFailsAndWaitsForNobody() throws Exception {
    Committer committer = committer();
    committer.start(() -> {});
    committer.close();

    assertThatThrownBy(committer::flush)
        .isInstanceOf(IOException.class)
        .hasMessage("closed before a commit; what is journaled is safe");
  }

  private Committer committer() throws IOException {
    return new Committer(SPARK, output, state, state.journal("run-1"), lock, Duration.ofMinutes(1));
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this", e);
    }
  }
}
