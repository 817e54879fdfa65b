package io.reckon.udfs.journal;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;
import static org.apache.spark.sql.types.DataTypes.createMapType;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.udfs.journal.InFlightRecord.Kind;
import io.reckon.udfs.journal.PartitionHistory.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

class JournalTest {
  private static final StructType EVERY_TYPE =
      RowKey.SCHEMA
          .add("truth", BooleanType)
          .add("whole", LongType)
          .add("single", FloatType)
          .add("real", DoubleType)
          .add("pair", new StructType().add("left", StringType).add("right", IntegerType))
          .add("list", createArrayType(FloatType))
          .add("maps", createArrayType(createMapType(IntegerType, FloatType)));
  private static final JournalPace AT_THE_END = new JournalPace(100, Duration.ofMinutes(1));

  @TempDir Path files;
  private JournalFolder folder;

  @BeforeEach
  void nameTheFolder() {
    folder =
        new JournalFolder(
            new org.apache.hadoop.fs.Path(files.toUri().toString(), "run"), new Configuration());
  }

  @Test
  void whatIsReadIsWhatWasWritten() throws Exception {
    Row full =
        RowFactory.create(
            "grüße 🎉",
            "k",
            1,
            true,
            1L << 40,
            0.5f,
            Math.PI,
            RowFactory.create("a", null),
            seq(0.25f, null),
            seq(CollectionConverters.asScala(Map.of(7, 0.5f)), null));
    Row empty = RowFactory.create("x", "k", 0, null, null, null, null, null, null, null);
    Row lists = RowFactory.create("y", "k", 0, false, 0L, 0f, 0.0, null, seq(), seq());

    JournalWriter journal = writer(0, 5, EVERY_TYPE, AT_THE_END);
    List.of(full, empty, lists).forEach(journal::add);
    List<Receipt> receipts = journal.finish();

    assertThat(receipts).containsExactly(new Receipt(new JournalFile(new TaskAttempt(0, 5), 0)));
    assertThat(read(receipts.get(0).file(), EVERY_TYPE)).containsExactly(full, empty, lists);
  }

  @Test
  void aColumnThatTheFileLacksIsNull() throws Exception {
    JournalWriter journal = writer(0, 0, RowKey.SCHEMA, AT_THE_END);
    journal.add(key(1).row());
    JournalFile file = journal.finish().get(0).file();

    assertThat(read(file, RowKey.SCHEMA.add("later", DoubleType)))
        .containsExactly(RowFactory.create("p1", "k", 0, null));
  }

  @Test
  void aFileIsClosedWhenItIsFullOrItsOldestRowIsOldEnough() throws Exception {
    try (JournalWriter full = writer(0, 0, RowKey.SCHEMA, new JournalPace(2, Duration.ofDays(1)));
        JournalWriter old =
            writer(1, 1, RowKey.SCHEMA, new JournalPace(100, Duration.ofMillis(100)))) {
      full.add(key(1).row());
      full.add(key(2).row());
      old.add(key(4).row());
      for (int i = 0; closed().size() < 2 && i < 100; i++) {
        Thread.sleep(50);
      }
      assertThat(closed()).extracting(JournalFile::partition).containsExactly(0, 1);

      full.add(key(3).row());
      full.flush();
      assertThat(closed()).extracting(JournalFile::partition).containsExactly(0, 0, 1);
    }
  }

  @Test
  void noFileHoldsMoreRowsThanThePaceHoweverManyWait() throws Exception {
    JournalWriter journal = writer(0, 0, RowKey.SCHEMA, new JournalPace(7, Duration.ofDays(1)));
    IntStream.range(0, 1000).forEach(i -> journal.add(key(i).row()));
    List<Receipt> receipts = journal.finish();

    List<Row> rows = new ArrayList<>();
    for (Receipt receipt : receipts) {
      List<Row> file = read(receipt.file(), RowKey.SCHEMA);
      assertThat(file).hasSizeLessThanOrEqualTo(7);
      rows.addAll(file);
    }
    assertThat(rows).isEqualTo(IntStream.range(0, 1000).mapToObj(i -> key(i).row()).toList());
  }

  @Test
  void aFileThatWasNotWrittenToItsEndDoesNotCount() throws Exception {
    JournalWriter journal = writer(0, 0, RowKey.SCHEMA, AT_THE_END);
    IntStream.range(0, 50).forEach(i -> journal.add(key(i).row()));
    JournalFile file = journal.finish().get(0).file();
    Path path = files.resolve("run").resolve(file.name());
    byte[] whole = Files.readAllBytes(path);
    Files.delete(path.resolveSibling("." + file.name() + ".crc"));

    for (int length : new int[] {0, 1, 6, 100, whole.length / 2, whole.length - 1}) {
      Files.write(path, java.util.Arrays.copyOf(whole, length));
      assertThat(closed()).as("%d bytes of %d", length, whole.length).isEmpty();
    }
    assertThatThrownBy(() -> read(file, RowKey.SCHEMA))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot read the Arrow file")
        .hasMessageContaining(file.name());
  }

  @Test
  void aJournalThatCannotBeWrittenFailsItsTask() throws Exception {
    Files.writeString(files.resolve("run"), "a file where the folder should be");
    JournalWriter journal = writer(0, 0, RowKey.SCHEMA, AT_THE_END);
    journal.add(key(1).row());

    assertThatThrownBy(journal::finish)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot write the journal in");
  }

  @Test
  void aRetryMakesWhatIsNotClosed() throws Exception {
    JournalWriter journal = writer(3, 0, RowKey.SCHEMA, AT_THE_END);
    journal.add(key(1).row());
    journal.finish();

    assertThat(verdict(3, key(1))).isEqualTo(Verdict.DONE);
    assertThat(verdict(3, new RowKey("p1", "k", 1))).isEqualTo(Verdict.RUN);
    assertThat(verdict(4, key(1))).as("another partition").isEqualTo(Verdict.RUN);
  }

  @Test
  void aMachineThatWasTakenAwayOnceMakesNoSuspects() throws IOException {
    record(0, 10).write(Kind.RUNNING, List.of(key(1), key(2)));
    assertThat(verdict(0, key(1))).isEqualTo(Verdict.RUN);

    record(0, 11).write(Kind.RUNNING, List.of(key(1), key(3)));
    assertThat(verdict(0, key(1))).isEqualTo(Verdict.RUN_ALONE);
    assertThat(verdict(0, key(2))).isEqualTo(Verdict.RUN);

    record(0, 12).write(Kind.ALONE, List.of(key(1)));
    assertThat(verdict(0, key(1))).isEqualTo(Verdict.GIVE_UP);
  }

  @Test
  void anAttemptThatDiesBetweenTwoRecordsIsOneDeath() throws IOException {
    record(0, 10).write(Kind.RUNNING, List.of(key(1)));
    Path left = files.resolve("run/p000000-a0000000010-00000.running");
    Files.copy(left, left.resolveSibling("p000000-a0000000010-00001.running"));
    assertThat(verdict(0, key(1))).isEqualTo(Verdict.RUN);

    record(0, 11).write(Kind.RUNNING, List.of(key(1)));
    assertThat(verdict(0, key(1))).isEqualTo(Verdict.RUN_ALONE);
  }

  @Test
  void aFailureThatTheEngineTellsMakesSuspectsAtOnce() throws IOException {
    record(0, 10).write(Kind.SUSPECTS, List.of(key(1), key(2)));
    assertThat(verdict(0, key(1))).isEqualTo(Verdict.RUN_ALONE);

    record(0, 11).write(Kind.CULPRIT, List.of(key(1)));
    assertThat(verdict(0, key(1))).isEqualTo(Verdict.GIVE_UP);
    assertThat(verdict(0, key(2))).isEqualTo(Verdict.RUN_ALONE);
  }

  @Test
  void aCopyOfALivingTaskDoesNotGiveUpTheRowThatItRunsAlone() throws IOException {
    record(0, 10).write(Kind.SUSPECTS, List.of(key(1), key(2)));
    record(0, 11).write(Kind.ALONE, List.of(key(1)));
    assertThat(PartitionHistory.read(folder, 0, true).verdict(key(1))).isEqualTo(Verdict.RUN_ALONE);

    record(0, 12).write(Kind.ALONE, List.of(key(1)));
    record(0, 13).write(Kind.CULPRIT, List.of(key(2)));
    PartitionHistory history = PartitionHistory.read(folder, 0, true);
    assertThat(history.verdict(key(1))).as("one of the two has died").isEqualTo(Verdict.GIVE_UP);
    assertThat(history.verdict(key(2))).as("told by its engine").isEqualTo(Verdict.GIVE_UP);
  }

  @Test
  @Timeout(20)
  void aFlushAfterTheEndWaitsForNothing() throws Exception {
    JournalWriter journal = writer(0, 0, RowKey.SCHEMA, AT_THE_END);
    journal.finish();
    journal.add(key(1).row()); // Ended on an engine's thread, after its task did.

    journal.flush();
    assertThat(closed()).isEmpty();
  }

  @Test
  void anAttemptThatEndsInOrderLeavesNoRecord() throws IOException {
    InFlightRecord record = record(0, 10);
    record.write(Kind.RUNNING, List.of(key(1)));
    record.write(Kind.RUNNING, List.of(key(2)));
    assertThat(files.resolve("run").toFile().list((dir, name) -> !name.startsWith(".")))
        .containsExactly("p000000-a0000000010-00001.running");

    record.delete();
    assertThat(files.resolve("run").toFile().list((dir, name) -> !name.startsWith("."))).isEmpty();
  }

  private JournalWriter writer(int partition, long attempt, StructType schema, JournalPace pace) {
    return new JournalWriter(
        folder, new TaskAttempt(partition, attempt), schema, Map.of("run_id", "run"), pace);
  }

  private InFlightRecord record(int partition, long attempt) {
    return new InFlightRecord(folder, new TaskAttempt(partition, attempt));
  }

  private Verdict verdict(int partition, RowKey key) throws IOException {
    return PartitionHistory.read(folder, partition, false).verdict(key);
  }

  private List<JournalFile> closed() throws IOException {
    return List.copyOf(folder.closed(any -> true));
  }

  private List<Row> read(JournalFile file, StructType schema) throws IOException {
    List<Row> rows = new ArrayList<>();
    try (ArrowFileInput input = new ArrowFileInput(folder.files(), folder.path(file), schema)) {
      assertThat(input.metadata()).containsEntry("run_id", "run");
      input.forEachRemaining(rows::add);
    }
    return rows;
  }

  private static RowKey key(int number) {
    return new RowKey("p" + number, "k", 0);
  }

  private static Object seq(Object... elements) {
    return CollectionConverters.asScala(java.util.Arrays.asList(elements)).toSeq();
  }
}
