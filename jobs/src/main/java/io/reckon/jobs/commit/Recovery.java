package io.reckon.jobs.commit;

import io.reckon.jobs.commit.Manifest.Copies;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.udfs.journal.JournalFile;
import io.reckon.udfs.journal.JournalFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings to the tables what runs that died have left in their journals. Done at the start of a run,
 * with the lock held and before anything is planned, so that only what is missing is generated.
 */
public final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  private final StateFolder state;
  private final Manifests manifests;
  private final TableCommit tables;
  private final RunLock lock;

  public Recovery(SparkSession spark, OutputFolder output, StateFolder state, RunLock lock)
      throws IOException {
    this.state = state;
    this.manifests = state.manifests();
    this.lock = lock;
    this.tables = new TableCommit(spark, output, state);
  }

  /**
   * Commits what is left; gives the runs that had left something, oldest first.
   *
   * @throws IOException where another run has taken the lock, and what the file systems throw
   */
  public List<String> complete() throws IOException {
    Optional<Manifest> unfinished = manifests.unfinished();
    if (unfinished.isPresent()) {
      LOG.info("Manifest {} is done again", unfinished.get().version());
      commit(unfinished.get());
    }
    List<String> runs = state.journaledRuns();
    List<String> files = new ArrayList<>();
    for (String run : runs) {
      JournalFolder journal = state.journal(run);
      for (JournalFile file : journal.closed(any -> true)) {
        files.add(run + "/" + file.name());
      }
    }
    if (!files.isEmpty()) {
      LOG.info("Commits what is left of {} journal files of {}", files.size(), runs);
      Manifest manifest =
          new Manifest(manifests.lastVersion() + 1, Copies.IN_ANSWERS, files, List.of());
      lock.requireHeld();
      manifests.write(manifest);
      commit(manifest);
    }
    return runs;
  }

  private void commit(Manifest manifest) throws IOException {
    lock.requireHeld();
    tables.append(manifest);
    manifests.done(manifest);
  }
}
