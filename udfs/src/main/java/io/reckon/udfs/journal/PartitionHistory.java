package io.reckon.udfs.journal;

import io.reckon.udfs.journal.InFlightRecord.Kind;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;

/**
 * What earlier attempts of a partition left: generations that need not be made again, and the rows
 * that were in flight when an attempt died.
 *
 * <p>A death without a word is most often a machine that was taken away, so the first one counts
 * for nothing and the second makes its rows suspects; a failure that the engine itself has told
 * makes them suspects at once. A suspect is run alone. What dies alone is not tried again.
 */
public final class PartitionHistory {
  /** Of a partition that nobody has tried before. */
  public static final PartitionHistory NONE = new PartitionHistory();

  private static final int SILENT_DEATHS_OF_A_SUSPECT = 2;

  private final Set<RowKey> done = new HashSet<>();
  private final Map<RowKey, Integer> silentDeaths = new HashMap<>();
  private final Set<RowKey> toldDeaths = new HashSet<>();
  private final Set<RowKey> diedAlone = new HashSet<>();

  private PartitionHistory() {}

  /** What to do with a row. */
  public enum Verdict {
    /** Nothing: its generation stands in the journal. */
    DONE,
    /** Run it with the others. */
    RUN,
    /** Run it while the engine has nothing else. */
    RUN_ALONE,
    /** Give it up: it has ended two engines, the last one alone. */
    GIVE_UP
  }

  /** Reads all that other attempts of a partition have closed. */
  public static PartitionHistory read(JournalFolder folder, int partition) throws IOException {
    PartitionHistory history = new PartitionHistory();
    for (FileStatus file : folder.ofPartition(partition)) {
      history.add(file.getPath().getName(), keys(folder.files(), file));
    }
    return history;
  }

  private static Set<RowKey> keys(FileSystem files, FileStatus file) throws IOException {
    Set<RowKey> keys = new HashSet<>();
    if (ArrowFileInput.isClosed(files, file)) {
      try (ArrowFileInput rows = new ArrowFileInput(files, file.getPath(), RowKey.SCHEMA)) {
        rows.forEachRemaining(row -> keys.add(RowKey.inOrder(row)));
      }
    }
    return keys;
  }

  private void add(String file, Set<RowKey> keys) {
    if (JournalFile.parse(file).isPresent()) {
      done.addAll(keys);
    }
    for (Kind kind : Kind.values()) {
      if (file.endsWith(kind.suffix())) {
        died(kind, keys);
      }
    }
  }

  private void died(Kind kind, Set<RowKey> keys) {
    switch (kind) {
      case RUNNING -> keys.forEach(key -> silentDeaths.merge(key, 1, Integer::sum));
      case SUSPECTS -> toldDeaths.addAll(keys);
      case ALONE, CULPRIT -> diedAlone.addAll(keys);
    }
  }

  public Verdict verdict(RowKey key) {
    if (done.contains(key)) {
      return Verdict.DONE;
    } else if (diedAlone.contains(key)) {
      return Verdict.GIVE_UP;
    } else if (toldDeaths.contains(key)
        || silentDeaths.getOrDefault(key, 0) >= SILENT_DEATHS_OF_A_SUSPECT) {
      return Verdict.RUN_ALONE;
    }
    return Verdict.RUN;
  }
}
