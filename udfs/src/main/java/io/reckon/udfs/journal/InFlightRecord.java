package io.reckon.udfs.journal;

import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import org.apache.hadoop.fs.Path;

/**
 * What a task attempt has, or will soon have, with its engine: a small file beside its journal
 * files, written before the rows are handed over and deleted when the attempt ends in order. One
 * that is left tells the next attempt what the engine died over. Safe for any thread.
 */
public final class InFlightRecord {
  /** How the rows of a record were run, or what came of them. */
  public enum Kind {
    /** Together with others; nobody has said what became of them. */
    RUNNING(".running"),
    /** One row, with the engine to itself; nobody has said what became of it. */
    ALONE(".alone"),
    /** The engine failed while it had these. */
    SUSPECTS(".suspects"),
    /** The engine failed while it had this one and no other. */
    CULPRIT(".culprit");

    private final String suffix;

    Kind(String suffix) {
      this.suffix = suffix;
    }

    String suffix() {
      return suffix;
    }
  }

  private final JournalFolder folder;
  private final TaskAttempt task;
  private int sequence;
  private Path current;
  private boolean sealed;

  public InFlightRecord(JournalFolder folder, TaskAttempt task) {
    this.folder = folder;
    this.task = task;
  }

  /** Puts another record in the place of the last one, which goes once the new one is closed. */
  public synchronized void write(Kind kind, Collection<RowKey> keys) throws IOException {
    if (sealed) {
      return;
    }
    String name = "%s-%05d%s".formatted(task.prefix(), sequence++, kind.suffix());
    folder.write(name, RowKey.SCHEMA, Map.of(), keys.stream().map(RowKey::row).toList());
    delete();
    current = folder.path(name);
  }

  /**
   * Leaves the last record for the next attempt to find: nothing is written or deleted any more.
   */
  public synchronized void seal() {
    sealed = true;
  }

  /** Says that nothing is in flight. */
  public synchronized void delete() throws IOException {
    if (current != null && !sealed) {
      folder.files().delete(current, false);
      current = null;
    }
  }
}
