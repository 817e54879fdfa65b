package io.reckon.udfs;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.udfs.journal.RowKey;
import java.util.Set;
import java.util.concurrent.CompletionException;
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
    await(1);
    startOrFail(row, false);
  }

  /**
   * Runs a row while the engine has no other, of any task; returns when it has ended. Throws as
   * {@link #submit} does.
   */
  void runAlone(RowRequest row) throws InterruptedException {
    awaitAll();
    await(1);
    startOrFail(row, true);
    awaitAll();
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

  private void startOrFail(RowRequest row, boolean alone) throws InterruptedException {
    if (row.fault().isPresent()) {
      fail(row.key(), row.fault().get());
      room.release();
    } else {
      start(row, alone);
    }
  }

  private void start(RowRequest row, boolean alone) throws InterruptedException {
    long seed = RequestKey.seed(row.key().requestKey(), row.key().sample());
    GenerationRequest request;
    try {
      request = new GenerationRequest(row.messages(), row.options().apply(sampling).withSeed(seed));
    } catch (EngineException e) {
      fail(row.key(), e);
      room.release();
      return;
    }
    Running started = new Running(row.key());
    running.add(started);
    started.handle = lease.submit(request, alone);
    var unused =
        started
            .handle
            .result()
            .whenComplete((generation, failure) -> end(started, generation, failure));
  }

  private void end(Running row, Generation generation, Throwable thrown) {
    try {
      if (thrown == null) {
        GenerationMeter.answered(generation);
        ended.accept(GenerationRow.answered(row.key, generation, lease.engine().model()));
      } else if (isRowsOwn(cause(thrown))) {
        fail(row.key, (EngineException) cause(thrown));
      } else if (!closed) {
        engineFailure = cause(thrown);
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
    if (killed.getAsBoolean()) {
      throw new TaskKilledException("killed while generating");
    }
    if (engineFailure instanceof EngineException failure) {
      throw failure;
    }
    if (engineFailure != null) {
      throw new EngineException(
          ErrorCode.ENGINE_FAILED,
          "the engine failed in a way it does not declare: " + engineFailure,
          engineFailure);
    }
  }

  /** What a request's future failed with. */
  static Throwable cause(Throwable thrown) {
    return thrown instanceof CompletionException ? thrown.getCause() : thrown;
  }

  /** Whether a failure is a row's own, and not the engine's. */
  static boolean isRowsOwn(Throwable cause) {
    return cause instanceof EngineException failure
        && switch (failure.code()) {
          case PROMPT_TOO_LONG,
              PROMPT_EMPTY,
              TEMPLATE_REFUSED,
              NO_ROOM_FOR_ANSWER,
              SCORES_NOT_FINITE,
              REQUEST_FAILED,
              BAD_REQUEST,
              ENDPOINT_REFUSED,
              ENDPOINT_DENIED,
              ENDPOINT_UNAVAILABLE,
              BAD_OPTION ->
              true;
          case CANCELLED, BAD_CHECKPOINT, ENGINE_CLOSED, ENGINE_FAILED, ENGINE_KILLED -> false;
        };
  }
}
