package io.reckon.jobs.commit;

import io.reckon.jobs.tables.OutputFolder;
import io.reckon.udfs.journal.JournalFolder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What runs keep beside their tables to go on after a crash: a name, the journals of runs that have
 * not ended in order, the manifests, the lock.
 */
public final class StateFolder {
  private final Path root;
  private final FileSystem files;
  private final Configuration hadoop;

  public StateFolder(OutputFolder output, Configuration hadoop) {
    this.root = output.state();
    this.files = output.files();
    this.hadoop = hadoop;
  }

  /** Names this folder to Delta, so that its versions are counted apart from any other's. */
  private record Name(String id) {}

  /** Files of a source, each with what tells one state of it from another. */
  private record Listing(Map<String, String> stamps) {}

  /** What Delta knows the appends from this folder by. Made once; kept as long as the folder is. */
  String application() throws IOException {
    Path file = new Path(root, "checkpoint.json");
    if (files.exists(file)) {
      Optional<Name> name = SmallFile.read(files, file, Name.class);
      if (name.isPresent()) {
        return "reckon-" + name.get().id();
      }
      files.delete(file, false); // Its writer died over it, before anything was appended.
    }
    Name name = new Name(UUID.randomUUID().toString());
    SmallFile.create(files, file, name);
    return "reckon-" + name.id();
  }

  Manifests manifests() {
    return new Manifests(files, new Path(root, "manifests"));
  }

  /** The journal of a run. */
  public JournalFolder journal(String runId) {
    return new JournalFolder(new Path(journals(), runId), hadoop);
  }

  /** Notes down that a run begins. */
  public void begin(String runId, RunNote note) throws IOException {
    SmallFile.create(files, note(runId), note);
  }

  /** What a run that has not ended in order said of itself; empty where it did not come so far. */
  public Optional<RunNote> readNote(String runId) throws IOException {
    return files.exists(note(runId))
        ? SmallFile.read(files, note(runId), RunNote.class)
        : Optional.empty();
  }

  private Path note(String runId) {
    return new Path(journal(runId).path(), "run.json");
  }

  /** The runs that have left a journal, oldest first. */
  List<String> journaledRuns() throws IOException {
    List<String> runs = new ArrayList<>();
    try {
      for (FileStatus entry : files.listStatus(journals())) {
        runs.add(entry.getPath().getName());
      }
    } catch (FileNotFoundException e) {
      return List.of();
    }
    runs.sort(null);
    return runs;
  }

  /** Where a run keeps the prompts that it has to answer. */
  public Path work(String runId) {
    return new Path(new Path(root, "work"), runId);
  }

  /** Deletes all that a run has kept; what it made stands in the tables. */
  public void forget(String runId) throws IOException {
    files.delete(work(runId), true);
    // Last: the next run finds by its journal what is left of this one.
    files.delete(journal(runId).path(), true);
  }

  /**
   * Remembers the files of a source as a run found them.
   *
   * @param scope names who may go on from there
   */
  public void remember(String scope, String runId, Map<String, String> stamps) throws IOException {
    SmallFile.create(files, listing(scope, runId), new Listing(stamps));
  }

  /** What a run has remembered; empty where it has nothing, or it was deleted. */
  public Optional<Map<String, String>> recall(String scope, String runId) throws IOException {
    Path file = listing(scope, runId);
    return files.exists(file)
        ? SmallFile.read(files, file, Listing.class).map(Listing::stamps)
        : Optional.empty();
  }

  /** Deletes what runs before this one have remembered. */
  public void forgetBefore(String scope, String runId) throws IOException {
    Path newest = listing(scope, runId);
    for (FileStatus entry : files.listStatus(newest.getParent())) {
      if (!entry.getPath().getName().equals(newest.getName())) {
        files.delete(entry.getPath(), false);
      }
    }
  }

  private Path listing(String scope, String runId) {
    return new Path(root, "sources/" + scope + "/" + runId + ".json");
  }

  Path lock() {
    return new Path(root, "lock");
  }

  Path journals() {
    return new Path(root, "journal");
  }

  FileSystem files() {
    return files;
  }

  Configuration hadoop() {
    return hadoop;
  }

  @Override
  public String toString() {
    return root.toString();
  }
}
