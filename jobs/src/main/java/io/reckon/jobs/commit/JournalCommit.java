package io.reckon.jobs.commit;

import io.reckon.jobs.commit.Manifest.Copies;
import io.reckon.udfs.journal.JournalFile;
import io.reckon.udfs.journal.JournalFolder;
import io.reckon.udfs.journal.Receipt;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;

/**
 * Brings what stands in a run's journal to the tables: one manifest, then one append to each. One
 * thread.
 *
 * <p>What was committed is remembered by file, and only for partitions that still run; a partition
 * that has ended is deleted from the journal and closed, and what another attempt of it writes
 * later is a copy.
 */
final class JournalCommit {
  private final JournalFolder journal;
  private final Manifests manifests;
  private final TableCommit tables;
  private final CommittedFiles committed = new CommittedFiles();
  private Optional<Manifest> begun = Optional.empty();

  JournalCommit(JournalFolder journal, Manifests manifests, TableCommit tables) {
    this.journal = journal;
    this.manifests = manifests;
    this.tables = tables;
  }

  /**
   * Appends what is not in the tables yet; says whether there was any.
   *
   * @param ended of partitions that had ended before this call, the files that their last attempts
   *     have closed
   */
  boolean append(Collection<List<Receipt>> ended) throws IOException {
    if (begun.isPresent()) {
      append(begun.get()); // The last call did not come to its end.
    }
    NavigableSet<JournalFile> files = journal.closed(committed::lacks);
    ended.stream()
        .flatMap(List::stream)
        .map(Receipt::file)
        .filter(committed::lacks)
        .forEach(files::add);
    if (files.isEmpty()) {
      return false;
    }
    Manifest manifest = manifest(files);
    manifests.write(manifest);
    begun = Optional.of(manifest);
    append(manifest);
    return true;
  }

  private void append(Manifest manifest) throws IOException {
    tables.append(manifest);
    manifests.done(manifest);
    committed.addAll(
        manifest.files().stream().flatMap(name -> JournalFile.parse(leaf(name)).stream()).toList());
    begun = Optional.empty();
  }

  private Manifest manifest(NavigableSet<JournalFile> files) throws IOException {
    Set<Integer> contested = committed.contested(files);
    List<String> known = committed.of(contested).stream().map(this::name).toList();
    return new Manifest(
        manifests.lastVersion() + 1,
        contested.isEmpty() ? Copies.NONE : Copies.AMONG_FILES,
        files.stream().map(this::name).toList(),
        known);
  }

  /** Deletes partitions, all of whose files are in the tables, from the journal. */
  void close(Set<Integer> partitions) throws IOException {
    for (int partition : partitions) {
      journal.delete(committed.end(partition));
    }
  }

  private String name(JournalFile file) {
    return journal.runId() + "/" + file.name();
  }

  private static String leaf(String name) {
    return name.substring(name.indexOf('/') + 1);
  }
}
