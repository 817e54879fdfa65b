package io.reckon.udfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.api.SamplingParameters;
import io.reckon.udfs.journal.InFlightRecord;
import io.reckon.udfs.journal.InFlightRecord.Kind;
import io.reckon.udfs.journal.JournalFolder;
import io.reckon.udfs.journal.JournalPace;
import io.reckon.udfs.journal.PartitionHistory;
import io.reckon.udfs.journal.PartitionHistory.Verdict;
import io.reckon.udfs.journal.RowKey;
import io.reckon.udfs.journal.TaskAttempt;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two tasks that share an engine; each has a suspect, which waits until it can run alone. */
@Timeout(60)
class PartitionTaskTest {
  private static final String KEY = "0123456789abcdef".repeat(4);
  private static final RowKey POISON = new RowKey("poison", KEY, 0);
  private static final RowKey INNOCENT = new RowKey("innocent", KEY, 0);

  private final EngineSlot slot =
      new EngineSlot(Duration.ofMinutes(1), Duration.ofMinutes(1), reason -> {}, () -> false);
  private final AtomicBoolean killed = new AtomicBoolean();

  @TempDir Path files;
  private JournalFolder folder;

  @BeforeEach
  void makeBothSuspects() throws IOException {
    folder =
        new JournalFolder(
            new org.apache.hadoop.fs.Path(files.toUri().toString(), "run"), new Configuration());
    new InFlightRecord(folder, new TaskAttempt(0, 0)).write(Kind.SUSPECTS, List.of(POISON));
    new InFlightRecord(folder, new TaskAttempt(1, 1)).write(Kind.SUSPECTS, List.of(INNOCENT));
  }

  @Test
  void anEngineThatHangsIsNoFaultOfTheRowThatWaitsForIt() throws Exception {
    Attempt poison = new Attempt(0, POISON, "<stuck>", 1);
    await(() -> FakeEngines.last().open() == 1);
    Attempt innocent = new Attempt(1, INNOCENT, "q", 1);
    await(innocent::waits);
    assertThat(aloneRecords()).as("what a crash without a word would leave").hasSize(1);

    PartitionTask.abandonAll(); // As the executor does with an engine that was given up.

    assertThat(verdict(0, POISON)).isEqualTo(Verdict.GIVE_UP);
    assertThat(verdict(1, INNOCENT)).isEqualTo(Verdict.RUN_ALONE);
    killed.set(true);
    poison.end();
    innocent.end();
  }

  @Test
  void anEngineThatFailsIsGivenToNobodyElse() throws Exception {
    Attempt poison = new Attempt(0, POISON, "<kill>", 2_000);
    await(() -> FakeEngines.last().open() == 1);
    Attempt innocent = new Attempt(1, INNOCENT, "q", 2_000);
    await(innocent::waits);

    poison.end();
    innocent.end();

    assertThat(innocent.failure).hasMessage("the device was lost");
    assertThat(FakeEngines.last().asked()).as("by the poison alone").isEqualTo(1);
    assertThat(verdict(0, POISON)).isEqualTo(Verdict.GIVE_UP);
    assertThat(verdict(1, INNOCENT)).isEqualTo(Verdict.RUN_ALONE);
  }

  @Test
  void aRowThatHasEndedAloneLeavesNoRecordOfIt() throws Exception {
    Attempt innocent = new Attempt(1, INNOCENT, "q", 1);
    innocent.end();

    assertThat(innocent.failure).isNull();
    assertThat(aloneRecords()).isEmpty();
    assertThat(verdict(1, INNOCENT)).isEqualTo(Verdict.DONE);
  }

  /** The second attempt of a task with one row, on a thread of its own. */
  private final class Attempt {
    private final Thread thread;
    private volatile Throwable failure;

    Attempt(int partition, RowKey key, String text, long millis) throws Exception {
      PartitionTask task = task(partition, millis);
      thread = new Thread(() -> run(task, prompt(key, text)));
      thread.start();
    }

    private void run(PartitionTask task, Row row) {
      try (task) {
        var unused = task.complete(List.of(row).iterator());
      } catch (Exception e) {
        failure = e;
      }
    }

    /** Whether it waits for the engine; all other waits have a limit. */
    boolean waits() {
      return thread.getState() == Thread.State.WAITING;
    }

    void end() throws InterruptedException {
      thread.join();
    }
  }

  private PartitionTask task(int partition, long millis) throws Exception {
    EngineSettings settings = EngineSettings.builtin().withModel("shared");
    return new PartitionTask(
        slot.lease(settings, new FakeEngines(millis), List.of()),
        SamplingParameters.GREEDY,
        4,
        PartitionHistory.read(folder, partition, false),
        new RunJournal(folder, null, new JournalPace(100, Duration.ofMinutes(1))),
        new TaskAttempt(partition, 10 + partition),
        killed::get);
  }

  private Verdict verdict(int partition, RowKey key) throws IOException {
    return PartitionHistory.read(folder, partition, false).verdict(key);
  }

  private String[] aloneRecords() {
    return files.resolve("run").toFile().list((dir, name) -> name.endsWith(".alone"));
  }

  private static Row prompt(RowKey key, String text) {
    return RowFactory.create(
        key.promptId(),
        scala.jdk.javaapi.CollectionConverters.asScala(
                Arrays.asList(RowFactory.create("user", text)))
            .toSeq(),
        null,
        key.sample(),
        key.requestKey());
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    while (!condition.call()) {
      Thread.sleep(20);
    }
  }
}
