package io.reckon.udfs.journal;

import io.reckon.engine.common.Threads;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * One task's part of the journal. Rows may be added by any thread, and adding never waits; a thread
 * of its own writes them, so that neither a slow row nor a slow store holds others back.
 */
public final class JournalWriter implements AutoCloseable {
  private final JournalFolder folder;
  private final TaskAttempt task;
  private final StructType schema;
  private final Map<String, String> metadata;
  private final JournalPace pace;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // All below: read and written with the lock held.
  private final Deque<Row> waiting = new ArrayDeque<>();

  /** No row that waits is older. */
  private long oldestNanos;

  private boolean writing;
  private boolean hurried;
  private boolean ended;

  /** The thread writes no more. */
  private boolean over;

  private Throwable failure;
  private final List<Receipt> receipts = new ArrayList<>();

  /**
   * @param schema of the rows
   * @param metadata what every file says of its rows
   */
  public JournalWriter(
      JournalFolder folder,
      TaskAttempt task,
      StructType schema,
      Map<String, String> metadata,
      JournalPace pace) {
    this.folder = folder;
    this.task = task;
    this.schema = schema;
    this.metadata = Map.copyOf(metadata);
    this.pace = pace;
    this.thread =
        Threads.daemons("reckon-journal-" + task.prefix()).newThread(this::writeUntilEnded);
    thread.start();
  }

  /** Takes a row. */
  public void add(Row row) {
    lock.lock();
    try {
      if (waiting.isEmpty()) {
        oldestNanos = System.nanoTime();
      }
      waiting.add(row);
      if (waiting.size() == 1 || waiting.size() >= pace.rows()) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Throws what has kept a file from being written, if anything has. */
  public void requireHealthy() throws IOException {
    lock.lock();
    try {
      if (failure != null) {
        throw new IOException("cannot write the journal in " + folder.path(), failure);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns once every row added before stands in a closed file, or writing has failed. */
  public void flush() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      hurried = true;
      changed.signalAll();
      while (failure == null && !over && (writing || !waiting.isEmpty())) {
        changed.await();
      }
      hurried = false;
    } finally {
      lock.unlock();
    }
  }

  /** Writes what is left and says which files were closed. */
  public List<Receipt> finish() throws IOException, InterruptedException {
    end();
    thread.join();
    requireHealthy();
    return List.copyOf(receipts);
  }

  /** Writes what is left. Idempotent; a failure to write is only told by the others. */
  @Override
  public void close() {
    end();
    Threads.join(thread);
  }

  private void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void writeUntilEnded() {
    try {
      for (int sequence = 0; ; sequence++) {
        List<Row> rows = take();
        if (rows.isEmpty()) {
          return;
        }
        write(new JournalFile(task, sequence), rows);
      }
    } catch (Throwable e) { // An Error too must reach the task.
      fail(e);
    }
  }

  /** Waits until a file is due; gives no rows at the end. */
  private List<Row> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      writing = false;
      changed.signalAll();
      while (!isDue()) {
        if (waiting.isEmpty()) {
          changed.await();
        } else {
          var unused = changed.awaitNanos(nanosLeft());
        }
      }
      List<Row> rows = nextFile();
      writing = !rows.isEmpty();
      over = rows.isEmpty();
      changed.signalAll();
      return rows;
    } finally {
      lock.unlock();
    }
  }

  private List<Row> nextFile() {
    List<Row> rows = new ArrayList<>();
    while (rows.size() < pace.rows() && !waiting.isEmpty()) {
      rows.add(waiting.remove());
    }
    return rows;
  }

  private boolean isDue() {
    return ended
        || waiting.size() >= pace.rows()
        || (!waiting.isEmpty() && (hurried || nanosLeft() <= 0));
  }

  private long nanosLeft() {
    return pace.delay().toNanos() - (System.nanoTime() - oldestNanos);
  }

  private void write(JournalFile file, List<Row> rows) throws IOException {
    folder.write(file.name(), schema, metadata, rows);
    lock.lock();
    try {
      receipts.add(new Receipt(file));
    } finally {
      lock.unlock();
    }
  }

  private void fail(Throwable reason) {
    lock.lock();
    try {
      failure = reason;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
