package io.reckon.jobs.commit;

import io.reckon.engine.common.Threads;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.udfs.journal.JournalFolder;
import io.reckon.udfs.journal.Receipt;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves a run's generations from its journal to the tables while it goes on, from one thread: every
 * interval, whenever asked, and at the end.
 */
public final class Committer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

  /** Spark's pool for the commits, so that they need not wait for all that is left to generate. */
  private static final String POOL = "reckon-commit";

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final SparkSession spark;
  private final JournalCommit commits;
  private final RunLock runLock;
  private final Duration interval;
  private final Thread thread = Threads.daemons("reckon-commit").newThread(this::commitUntilEnded);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // All below, but for the task: read and written with the lock held.
  private final Map<Integer, List<Receipt>> ended = new TreeMap<>();
  private boolean ending;
  private boolean stopped;

  /** The thread commits no more. */
  private boolean over;

  private long flushesAsked;
  private long flushesDone;
  private Throwable failure;

  /** Set before the thread starts. */
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
    this.commits =
        new JournalCommit(journal, state.manifests(), new TableCommit(spark, output, state));
    this.runLock = runLock;
    this.interval = interval;
  }

  /**
   * @param task is run after each commit, by the thread that commits; an exception of it is logged
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
   * @throws IOException where the tables could not be written, or this was closed before; the
   *     journal still holds the rows
   */
  public void flush() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      long wanted = ++flushesAsked;
      changed.signalAll();
      while (flushesDone < wanted && !over) {
        changed.await();
      }
      throwFailure();
      if (flushesDone < wanted) {
        throw new IOException("closed before a commit; what is journaled is safe");
      }
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
      String reason = failure instanceof Error ? failure.toString() : failure.getMessage();
      throw new IOException("cannot commit: " + reason, failure);
    }
  }

  /** Ends the thread and waits for the commit that it may be at. Idempotent. */
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
    if (thread != Thread.currentThread()) {
      Threads.join(thread, LONGEST_WAIT);
    }
  }

  private void commitUntilEnded() {
    try {
      commitAtIntervals();
    } finally {
      lock.lock();
      try {
        over = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private void commitAtIntervals() {
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
    Throwable thrown = null;
    long asked = flushesAsked();
    try {
      commit();
    } catch (Throwable e) { // With an Error too, rows that are not in the tables must not pass.
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
    boolean appended = commits.append(endedBefore.values());
    commits.close(endedBefore.keySet());
    forget(endedBefore.keySet());
    if (appended) {
      lookAfter();
    }
  }

  /** The rows are in the tables, whatever comes of this. */
  private void lookAfter() {
    try {
      afterEach.run();
    } catch (Exception e) { // Spark throws checked exceptions that its signatures don't declare.
      LOG.warn("What follows a commit failed; its rows are in the tables", e);
    }
  }

  private void forget(Set<Integer> partitions) {
    lock.lock();
    try {
      ended.keySet().removeAll(partitions);
    } finally {
      lock.unlock();
    }
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
