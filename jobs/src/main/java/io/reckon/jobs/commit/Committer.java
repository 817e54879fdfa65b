package io.reckon.jobs.commit;

import io.reckon.engine.Threads;
import io.reckon.jobs.commit.Manifest.Copies;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.udfs.journal.JournalFile;
import io.reckon.udfs.journal.JournalFolder;
import io.reckon.udfs.journal.Receipt;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves a run's generations from its journal to the tables while it goes on, from one thread: one
 * manifest, then one append to each table, every interval and at the end.
 *
 * <p>What was committed is remembered by file, and only for partitions that still run; a partition
 * that has ended is deleted from the journal and closed, and what another attempt of it writes
 * later is a copy.
 */
public final class Committer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

  /** Spark's pool for the commits, so that they need not wait for all that is left to generate. */
  private static final String POOL = "reckon-commit";

  private final SparkSession spark;
  private final JournalFolder journal;
  private final Manifests manifests;
  private final TableCommit tables;
  private final RunLock runLock;
  private final Duration interval;
  private final Thread thread = Threads.daemons("reckon-commit").newThread(this::commitUntilEnded);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // These six: read and written with the lock held.
  private final Map<Integer, List<Receipt>> ended = new TreeMap<>();
  private boolean ending;
  private boolean stopped;
  private long flushesAsked;
  private long flushesDone;
  private Exception failure;

  // Touched by the committing thread alone.
  private final CommittedFiles committed = new CommittedFiles();
  private Optional<Manifest> begun = Optional.empty();
  private Runnable afterEach = () -> {};

  public Committer(
      SparkSession spark,
      OutputFolder output,
      StateFolder state,
      JournalFolder journal,
      RunLock runLock,
      Duration interval)
      throws IOException {
    this.spark = spark;
    this.journal = journal;
    this.manifests = state.manifests();
    this.tables = new TableCommit(spark, output, state);
    this.runLock = runLock;
    this.interval = interval;
  }

  /**
   * @param task is run after each commit, by the thread that commits
   */
  public void start(Runnable task) {
    afterEach = task;
    thread.start();
  }

  /** Says that a partition has ended, and which files its last attempt has closed. Never waits. */
  public void partitionEnded(int partition, List<Receipt> receipts) {
    lock.lock();
    try {
      ended.put(partition, receipts);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns once all that was journaled before stands in the tables.
   *
   * @throws IOException where the tables could not be written; the journal still holds the rows
   */
  public void flush() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      long wanted = ++flushesAsked;
      changed.signalAll();
      while (flushesDone < wanted) {
        changed.await();
      }
      throwFailure();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Commits what is left and ends the thread.
   *
   * @throws IOException where the tables could not be written; the journal still holds the rows
   */
  public void finish() throws IOException, InterruptedException {
    lock.lock();
    try {
      ending = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    thread.join();
    lock.lock();
    try {
      throwFailure();
    } finally {
      lock.unlock();
    }
  }

  /** Call with the lock held. */
  private void throwFailure() throws IOException {
    if (failure != null) {
      throw new IOException("cannot commit: " + failure.getMessage(), failure);
    }
  }

  /** Ends the thread once the commit that it may be at has ended. Idempotent. */
  @Override
  public void close() {
    lock.lock();
    try {
      ending = true;
      stopped = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void commitUntilEnded() {
    SparkSession.setActiveSession(spark);
    spark.sparkContext().setLocalProperty("spark.scheduler.pool", POOL);
    spark.sparkContext().setJobGroup(POOL, "Reckon commits what is journaled", false);
    boolean last = false;
    while (!last) {
      last = awaitNext();
      if (!isStopped()) {
        tryCommit();
      }
    }
  }

  /** A commit that fails is tried again at the next interval; the rows are safe in the journal. */
  private void tryCommit() {
    Exception thrown = null;
    long asked = flushesAsked();
    try {
      commit();
    } catch (Exception e) {
      // Spark throws checked exceptions that its Java signatures don't declare.
      LOG.warn("A commit failed; what is journaled is safe", e);
      thrown = e;
    }
    lock.lock();
    try {
      failure = thrown;
      flushesDone = asked;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void commit() throws IOException {
    runLock.requireHeld();
    // Taken before the journal is listed: all files of these partitions are then in the list.
    Map<Integer, List<Receipt>> endedBefore = endedPartitions();
    if (begun.isPresent()) {
      append(begun.get()); // The last interval did not come to its end.
    }
    NavigableSet<JournalFile> files = journal.closed(committed::lacks);
    endedBefore.values().stream()
        .flatMap(List::stream)
        .map(Receipt::file)
        .filter(committed::lacks)
        .forEach(files::add);
    if (!files.isEmpty()) {
      Manifest manifest = manifest(files);
      manifests.write(manifest);
      begun = Optional.of(manifest);
      append(manifest);
      afterEach.run();
    }
    closePartitions(endedBefore.keySet());
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

  private void closePartitions(Set<Integer> partitions) throws IOException {
    for (int partition : partitions) {
      journal.delete(committed.end(partition));
    }
    lock.lock();
    try {
      ended.keySet().removeAll(partitions);
    } finally {
      lock.unlock();
    }
  }

  private String name(JournalFile file) {
    return journal.runId() + "/" + file.name();
  }

  private static String leaf(String name) {
    return name.substring(name.indexOf('/') + 1);
  }

  private Map<Integer, List<Receipt>> endedPartitions() {
    lock.lock();
    try {
      return new TreeMap<>(ended);
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the next interval; true where it is the last. */
  private boolean awaitNext() {
    lock.lock();
    try {
      long nanos = interval.toNanos();
      while (!ending && flushesAsked == flushesDone && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return ending;
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    } finally {
      lock.unlock();
    }
  }

  private long flushesAsked() {
    lock.lock();
    try {
      return flushesAsked;
    } finally {
      lock.unlock();
    }
  }

  private boolean isStopped() {
    lock.lock();
    try {
      return stopped;
    } finally {
      lock.unlock();
    }
  }
}
