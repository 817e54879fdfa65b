package io.reckon.jobs.commit;

import io.reckon.udfs.journal.JournalFile;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which files of a run's journal stand in the tables: by name for partitions that still run, as a
 * whole for those that have ended. For one thread.
 */
final class CommittedFiles {
  private final Set<Integer> ended = new HashSet<>();
  private final NavigableSet<JournalFile> files = new TreeSet<>();

  /** Whether a file is still to be committed; one of a partition that has ended is a copy. */
  boolean lacks(JournalFile file) {
    return !files.contains(file) && !ended.contains(file.partition());
  }

  void addAll(Collection<JournalFile> committed) {
    files.addAll(committed);
  }

  /** Ends a partition; gives its files, which nobody needs any more. */
  List<JournalFile> end(int partition) {
    ended.add(partition);
    List<JournalFile> over = files.stream().filter(file -> file.partition() == partition).toList();
    over.forEach(files::remove);
    return over;
  }

  /** Those of some partitions. */
  List<JournalFile> of(Set<Integer> partitions) {
    return files.stream().filter(file -> partitions.contains(file.partition())).toList();
  }

  /** The partitions of new files that more than one attempt has written to. */
  Set<Integer> contested(NavigableSet<JournalFile> added) {
    Map<Integer, Long> attempts = new TreeMap<>();
    Set<Integer> contested = new HashSet<>();
    NavigableSet<JournalFile> all = new TreeSet<>(files);
    all.addAll(added);
    for (JournalFile file : all) {
      Long other = attempts.putIfAbsent(file.partition(), file.task().id());
      if (other != null && other != file.task().id()) {
        contested.add(file.partition());
      }
    }
    contested.retainAll(added.stream().map(JournalFile::partition).toList());
    return contested;
  }
}
