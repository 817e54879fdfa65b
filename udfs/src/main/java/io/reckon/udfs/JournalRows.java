package io.reckon.udfs;

import io.reckon.udfs.journal.JournalWriter;
import io.reckon.udfs.journal.Receipt;
import io.reckon.udfs.journal.TaskAttempt;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;

/**
 * Writes rows of {@link GenerationRow#SCHEMA} that were made before to a run's journal, from where
 * they go the way of all others.
 */
public final class JournalRows implements Serializable {
  private static final long serialVersionUID = 1L;

  private final RunJournal journal;
  private final int firstPartition;

  /**
   * @param firstPartition what the partitions are counted from; the journal knows each number once
   */
  public JournalRows(RunJournal journal, int firstPartition) {
    this.journal = journal;
    this.firstPartition = firstPartition;
  }

  /** Returns once every row stands in a closed file. */
  public List<Receipt> call(TaskContext task, Iterator<Row> rows)
      throws IOException, InterruptedException {
    if (!rows.hasNext()) {
      return List.of();
    }
    TaskAttempt attempt =
        new TaskAttempt(firstPartition + task.partitionId(), task.taskAttemptId());
    try (JournalWriter writer =
        new JournalWriter(
            journal.folder(), attempt, GenerationRow.SCHEMA, journal.metadata(), journal.pace())) {
      write(rows, writer);
      return writer.finish();
    }
  }

  /** A file's rows at a time: they are read faster than written, and adding never waits. */
  private void write(Iterator<Row> rows, JournalWriter writer)
      throws IOException, InterruptedException {
    int added = 0;
    while (rows.hasNext()) {
      writer.add(rows.next());
      added++;
      if (added == journal.pace().rows()) {
        writer.flush();
        writer.requireHealthy();
        added = 0;
      }
    }
  }
}
