package io.reckon.udfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.ModelDescription;
import io.reckon.udfs.journal.JournalFolder;
import io.reckon.udfs.journal.JournalPace;
import io.reckon.udfs.journal.Receipt;
import io.reckon.udfs.journal.RowKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext$;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalRowsTest {
  private static final int PACE = 10;

  @TempDir Path files;
  private JournalFolder folder;
  private JournalRows journal;

  @BeforeEach
  void begin() {
    folder =
        new JournalFolder(
            new org.apache.hadoop.fs.Path(files.toUri().toString(), "run"), new Configuration());
    journal =
        new JournalRows(
            new RunJournal(folder, null, new JournalPace(PACE, Duration.ofMinutes(1))), 5);
  }

  @Test
  void noMoreRowsWaitThanAFileHolds() throws Exception {
    Iterator<Row> rows =
        IntStream.range(0, 205).peek(this::requireWritten).mapToObj(i -> row(i)).iterator();
    List<Receipt> receipts = journal.call(TaskContext$.MODULE$.empty(), rows);

    assertThat(receipts).extracting(this::rowsIn).hasSize(21).endsWith(PACE, 5);
    assertThat(folder.closed(any -> true)).hasSize(21);
  }

  @Test
  void aJournalThatCannotBeWrittenIsNotReadOnFor() throws Exception {
    Files.writeString(files.resolve("run"), "a file where the folder should be");
    AtomicInteger read = new AtomicInteger();
    Iterator<Row> rows =
        IntStream.range(0, 1000).peek(i -> read.incrementAndGet()).mapToObj(i -> row(i)).iterator();

    assertThatThrownBy(() -> journal.call(TaskContext$.MODULE$.empty(), rows))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot write the journal in");
    assertThat(read).hasValueLessThan(100);
  }

  /** All rows before the last whole file's must stand in files. */
  private void requireWritten(int next) {
    try {
      assertThat(folder.closed(any -> true)).hasSize(next / PACE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int rowsIn(Receipt closed) throws IOException {
    List<Row> rows = new ArrayList<>();
    new ReadGenerations(new Configuration())
        .call(folder.path(closed.file()).toString())
        .forEachRemaining(rows::add);
    return rows.size();
  }

  private static Row row(int number) {
    return GenerationRow.failed(
        new RowKey("p" + number, "k", 0),
        new EngineException(ErrorCode.PROMPT_EMPTY, "nothing is asked"),
        new ModelDescription("m", "f", "int8", "cpu", 100, 50, 1));
  }
}
