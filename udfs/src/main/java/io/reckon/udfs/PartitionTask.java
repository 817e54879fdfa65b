package io.reckon.udfs;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.udfs.journal.InFlightRecord;
import io.reckon.udfs.journal.InFlightRecord.Kind;
import io.reckon.udfs.journal.JournalWriter;
import io.reckon.udfs.journal.PartitionHistory;
import io.reckon.udfs.journal.PartitionHistory.Verdict;
import io.reckon.udfs.journal.Receipt;
import io.reckon.udfs.journal.RowKey;
import io.reckon.udfs.journal.TaskAttempt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt of one partition: its rows in flight, its part of the journal, and the record of what
 * it has in flight. Rows are read a window at a time, so memory holds two windows of them whatever
 * the partition's size.
 */
final class PartitionTask implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionTask.class);
  private static final Set<PartitionTask> OPEN = ConcurrentHashMap.newKeySet();

  private final EngineLease lease;
  private final int window;
  private final PartitionHistory history;
  private final JournalWriter journal;
  private final InFlightRecord record;
  private final RowsInFlight inFlight;

  /** Rows that may end their engine; run last, each alone. */
  private final List<RowRequest> suspects = new ArrayList<>();

  private volatile boolean alone;

  PartitionTask(
      EngineLease lease,
      SamplingParameters sampling,
      int window,
      PartitionHistory history,
      RunJournal run,
      TaskAttempt attempt,
      BooleanSupplier killed) {
    this.lease = lease;
    this.window = window;
    this.history = history;
    this.journal =
        new JournalWriter(run.folder(), attempt, GenerationRow.SCHEMA, run.metadata(), run.pace());
    this.record = new InFlightRecord(run.folder(), attempt);
    this.inFlight = new RowsInFlight(lease, sampling, window, killed, journal::add);
    OPEN.add(this);
  }

  /** Answers all rows but those that are done; gives the files that hold what was made. */
  List<Receipt> complete(Iterator<Row> rows) throws IOException, InterruptedException {
    try {
      while (rows.hasNext()) {
        submit(nextWindow(rows));
      }
      inFlight.awaitAll();
      record.delete(); // Suspects may wait long for their turns, with nothing in flight.
      for (RowRequest suspect : suspects) {
        runAlone(suspect);
      }
      return journal.finish();
    } catch (EngineException e) {
      EngineFailures.endEngine(lease, e, this::leaveWord);
      throw e;
    }
  }

  /** Cancels what still runs, writes what is finished, gives the engine back. Idempotent. */
  @Override
  public void close() {
    OPEN.remove(this);
    inFlight.close();
    journal.close();
    try {
      record.delete();
    } catch (IOException e) {
      LOG.warn("A record of rows in flight was left behind; it does no harm", e);
    }
    lease.close();
  }

  /** Writes the finished rows of every task of this JVM. */
  static void flushAll() {
    for (PartitionTask task : OPEN) {
      try {
        task.journal.flush();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** For every task of this JVM: writes what is finished, and leaves word of what was in flight. */
  static void abandonAll() {
    OPEN.forEach(PartitionTask::leaveWord);
    flushAll();
  }

  private List<RowRequest> nextWindow(Iterator<Row> rows) {
    List<RowRequest> next = new ArrayList<>(window);
    while (next.size() < window && rows.hasNext()) {
      RowRequest row = RowRequest.of(rows.next());
      Verdict verdict = history.verdict(row.key());
      if (row.fault().isPresent() && verdict != Verdict.DONE) {
        next.add(row); // The engine never has it, so it ends none.
        continue;
      }
      switch (verdict) {
        case DONE -> {}
        case RUN -> next.add(row);
        case RUN_ALONE -> suspects.add(row);
        case GIVE_UP -> next.add(row.failedBy(killer()));
      }
    }
    return next;
  }

  private void submit(List<RowRequest> rows) throws IOException, InterruptedException {
    if (rows.isEmpty()) {
      return;
    }
    Set<RowKey> soon = new HashSet<>(inFlight.keys());
    rows.stream().filter(row -> row.fault().isEmpty()).forEach(row -> soon.add(row.key()));
    record.write(Kind.RUNNING, soon);
    for (RowRequest row : rows) {
      journal.requireHealthy();
      inFlight.submit(row);
    }
  }

  private void runAlone(RowRequest suspect) throws IOException, InterruptedException {
    journal.requireHealthy();
    inFlight.runAlone(
        suspect,
        new RowsInFlight.Alone() {
          @Override
          public void begins() throws IOException {
            record.write(Kind.ALONE, List.of(suspect.key()));
            alone = true;
          }

          @Override
          public void ended() throws IOException {
            alone = false;
            record.delete();
          }
        });
  }

  private void leaveWord() {
    try {
      Set<RowKey> lost = inFlight.keys();
      if (lost.isEmpty()) {
        record.delete();
      } else {
        record.write(alone ? Kind.CULPRIT : Kind.SUSPECTS, lost);
      }
      record.seal();
    } catch (IOException e) {
      LOG.warn("The rows in flight could not be written down", e);
    }
  }

  private static EngineException killer() {
    return new EngineException(
        ErrorCode.ENGINE_KILLED,
        "the engine died twice while it had this row, the second time with no other; look at the executors' logs, or shorten the prompt");
  }
}
