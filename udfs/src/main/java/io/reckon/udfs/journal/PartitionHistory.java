package io.reckon.udfs.journal;

import io.reckon.udfs.journal.InFlightRecord.Kind;
import java.io.FileNotFoundException;
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
 *
 * <p>Where Spark runs copies of slow tasks, a record may be a living attempt's. Then one that ran a
 * row alone without a word is no proof of a death, and two are: a task has one copy at a time.
 */
public final class PartitionHistory {
  private static final int SILENT_DEATHS_OF_A_SUSPECT = 2;
  private static final int DEATHS_ALONE = 1;
  private static final int DEATHS_ALONE_AMONG_COPIES = 2;

  /** Of a partition that nobody has tried before. */
  public static final PartitionHistory NONE = new PartitionHistory(DEATHS_ALONE);

  private final int mostDeathsAlone;
  private final Set<RowKey> done = new HashSet<>();
  private final Map<RowKey, Set<String>> silentDeaths = new HashMap<>();
  private final Set<RowKey> toldDeaths = new HashSet<>();
  private final Map<RowKey, Set<String>> silentDeathsAlone = new HashMap<>();
  private final Set<RowKey> culprits = new HashSet<>();

  private PartitionHistory(int mostDeathsAlone) {
    this.mostDeathsAlone = mostDeathsAlone;
  }

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

  /**
   * Reads all that other attempts of a partition have closed.
   *
   * @param copies whether one of them may still run
   */
  public static PartitionHistory read(JournalFolder folder, int partition, boolean copies)
      throws IOException {
    PartitionHistory history =
        new PartitionHistory(copies ? DEATHS_ALONE_AMONG_COPIES : DEATHS_ALONE);
    for (FileStatus file : folder.ofPartition(partition)) {
      history.add(file.getPath().getName(), keys(folder.files(), file));
    }
    return history;
  }

  private static Set<RowKey> keys(FileSystem files, FileStatus file) throws IOException {
    Set<RowKey> keys = new HashSet<>();
    try {
      if (ArrowFileInput.isClosed(files, file)) {
        try (ArrowFileInput rows = new ArrowFileInput(files, file.getPath(), RowKey.SCHEMA)) {
          rows.forEachRemaining(row -> keys.add(RowKey.of(row)));
        }
      }
    } catch (FileNotFoundException e) {
      return Set.of(); // Its attempt lives, and has put another record in its place.
    }
    return keys;
  }

  private void add(String file, Set<RowKey> keys) {
    if (JournalFile.parse(file).isPresent()) {
      done.addAll(keys);
    }
    for (Kind kind : Kind.values()) {
      if (file.endsWith(kind.suffix())) {
        died(kind, TaskAttempt.prefixOf(file), keys);
      }
    }
  }

  /** An attempt that dies while it writes a record leaves the one before too, and is one death. */
  private void died(Kind kind, String attempt, Set<RowKey> keys) {
    switch (kind) {
      case RUNNING -> keys.forEach(key -> add(silentDeaths, key, attempt));
      case SUSPECTS -> toldDeaths.addAll(keys);
      case ALONE -> keys.forEach(key -> add(silentDeathsAlone, key, attempt));
      case CULPRIT -> culprits.addAll(keys);
    }
  }

  private static void add(Map<RowKey, Set<String>> deaths, RowKey key, String attempt) {
    deaths.computeIfAbsent(key, k -> new HashSet<>()).add(attempt);
  }

  private static int count(Map<RowKey, Set<String>> deaths, RowKey key) {
    return deaths.getOrDefault(key, Set.of()).size();
  }

  public Verdict verdict(RowKey key) {
    if (done.contains(key)) {
      return Verdict.DONE;
    } else if (culprits.contains(key) || count(silentDeathsAlone, key) >= mostDeathsAlone) {
      return Verdict.GIVE_UP;
    } else if (toldDeaths.contains(key)
        || silentDeathsAlone.containsKey(key)
        || count(silentDeaths, key) >= SILENT_DEATHS_OF_A_SUSPECT) {
      return Verdict.RUN_ALONE;
    }
    return Verdict.RUN;
  }
}
