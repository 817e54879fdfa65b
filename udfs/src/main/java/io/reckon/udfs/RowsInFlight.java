package io.reckon.udfs;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.udfs.journal.RowKey;
import io.reckon.udfs.watch.GenerationMeter;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.spark.TaskKilledException;
import org.apache.spark.sql.Row;

/**
 * The rows of one task that the engine works on now. The task's thread hands them over; they end on
 * the engine's, which gives them on at once, so that none waits for a slower one.
 */
final class RowsInFlight implements AutoCloseable {
  private static final long CHECK_MILLIS = 100;

  private final EngineLease lease;
  private final SamplingParameters sampling;
  private final int window;
  private final BooleanSupplier killed;
  private final Consumer<Row> ended;
  private final Semaphore room;

  /** Handed over and not ended; where the engine fails, what it had stays here. */
  private final Set<Running> running = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;
  private volatile Throwable engineFailure;

  /**
   * @param window most rows in flight
   * @param killed whether Spark wants the task to end
   * @param ended takes each row of {@link GenerationRow#SCHEMA}; called from any thread, must not
   *     wait
   */
  RowsInFlight(
      EngineLease lease,
      SamplingParameters sampling,
      int window,
      BooleanSupplier killed,
      Consumer<Row> ended) {
    this.lease = lease;
    this.sampling = sampling;
    this.window = window;
    this.killed = killed;
    this.ended = ended;
    this.room = new Semaphore(window);
  }

  /** A row that the engine has; told apart by identity. */
  private static final class Running {
    final RowKey key;
    // Set once by the task's thread.
    volatile GenerationHandle handle;

    Running(RowKey key) {
      this.key = key;
    }
  }

  /**
   * Hands a row over once there is room.
   *
   * @throws EngineException where the engine has failed
   * @throws TaskKilledException where the task is to end
   */
  void submit(RowRequest row) throws InterruptedException {
    requireGoingOn();
    Optional<GenerationRequest> request = requestOrFail(row);
    if (request.isEmpty()) {
      return;
    }
    await(1);
    try (EngineShare.Turn turn = lease.take(false)) {
      start(row.key(), request.get(), turn);
    }
  }

  /** Hears when a row has the engine to itself, and when it has it no more. */
  interface Alone {
    /** Called before the engine has the row. */
    void begins() throws IOException;

    /** Called once the row has ended, before another may begin; not where the engine fails. */
    void ended() throws IOException;
  }

  /**
   * Runs a row while the engine has no other, of any task; returns when it has ended. Throws as
   * {@link #submit} does.
   */
  void runAlone(RowRequest row, Alone alone) throws IOException, InterruptedException {
    awaitAll();
    Optional<GenerationRequest> request = requestOrFail(row);
    if (request.isEmpty()) {
      return;
    }
    try (EngineShare.Turn turn = lease.take(true)) {
      await(1); // At once: none is in flight. It fails where the task was killed in the wait.
      alone.begins();
      start(row.key(), request.get(), turn);
      awaitAll();
      alone.ended();
    }
  }

  /** Returns once every row has ended. */
  void awaitAll() throws InterruptedException {
    await(window);
    room.release(window);
    requireGoingOn();
  }

  /** The rows that the engine has; after it failed, those that it had. */
  Set<RowKey> keys() {
    return running.stream().map(row -> row.key).collect(Collectors.toSet());
  }

  /** Cancels what still runs. Idempotent. */
  @Override
  public void close() {
    closed = true;
    for (Running row : running) {
      if (row.handle != null) {
        row.handle.cancel();
      }
    }
  }

  /** What to ask the engine; where the row is at fault it ends here. */
  private Optional<GenerationRequest> requestOrFail(RowRequest row) {
    if (row.fault().isPresent()) {
      fail(row.key(), row.fault().get());
      return Optional.empty();
    }
    long seed = RequestKey.seed(row.key().requestKey(), row.key().sample());
    try {
      return Optional.of(
          new GenerationRequest(row.messages(), row.options().apply(sampling).withSeed(seed)));
    } catch (EngineException e) {
      fail(row.key(), e);
      return Optional.empty();
    }
  }

  private void start(RowKey key, GenerationRequest request, EngineShare.Turn turn)
      throws InterruptedException {
    Running started = new Running(key);
    running.add(started); // Not before its turn: what only waits kills no engine.
    try {
      started.handle = turn.submit(request);
    } catch (InterruptedException | RuntimeException | Error e) {
      running.remove(started);
      throw e;
    }
    var unused =
        started
            .handle
            .result()
            .whenComplete((generation, failure) -> end(started, generation, failure));
  }

  private void end(Running row, Generation generation, Throwable thrown) {
    Throwable cause = EngineFailures.cause(thrown);
    try {
      if (thrown == null) {
        GenerationMeter.answered(generation);
        ended.accept(GenerationRow.answered(row.key, generation, lease.engine().model()));
      } else if (EngineFailures.isRowsOwn(cause)) {
        fail(row.key, (EngineException) cause);
      } else if (!closed) {
        engineFailure = cause;
        return; // It stays in `running`: the engine may have failed because of it.
      }
    } catch (RuntimeException | Error e) {
      engineFailure = e;
    }
    running.remove(row);
    room.release();
  }

  private void fail(RowKey key, EngineException fault) {
    GenerationMeter.failed();
    ended.accept(GenerationRow.failed(key, fault, lease.engine().model()));
  }

  private void await(int places) throws InterruptedException {
    requireGoingOn();
    while (!room.tryAcquire(places, CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
      requireGoingOn();
    }
  }

  private void requireGoingOn() {
    lease.requireAlive();
    EngineFailures.requireWanted(killed);
    if (engineFailure != null) {
      throw EngineFailures.told(engineFailure);
    }
  }
}
