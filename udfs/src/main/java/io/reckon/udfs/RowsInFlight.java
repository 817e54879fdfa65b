package io.reckon.udfs;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.SamplingParameters;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.spark.TaskKilledException;
import org.apache.spark.sql.Row;

/**
 * The rows of one task that the engine works on now. Used by the task's thread alone; only the
 * queue of finished rows is filled by the engine's.
 */
final class RowsInFlight implements Iterator<Row>, AutoCloseable {
  private static final long KILL_CHECK_MILLIS = 100;

  private final Iterator<Row> rows;
  private final EngineLease lease;
  private final InferenceEngine engine;
  private final SamplingParameters sampling;
  private final int window;
  private final BooleanSupplier killed;
  private final Set<GenerationHandle> running = new HashSet<>();
  private final BlockingQueue<Finished> finished = new LinkedBlockingQueue<>();
  // Rows taken from the input and not yet given out.
  private int held;

  RowsInFlight(
      Iterator<Row> rows,
      EngineLease lease,
      SamplingParameters sampling,
      int window,
      BooleanSupplier killed) {
    this.rows = rows;
    this.lease = lease;
    this.engine = lease.engine();
    this.sampling = sampling;
    this.window = window;
    this.killed = killed;
  }

  /** A row whose generation ended; {@code handle} is null where none was started. */
  private record Finished(
      String promptId,
      String requestKey,
      GenerationHandle handle,
      Generation generation,
      Throwable failure) {}

  @Override
  public boolean hasNext() {
    return held > 0 || rows.hasNext();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the partition has no more rows");
    }
    try {
      while (held < window && rows.hasNext()) {
        submit(rows.next());
      }
      Finished row = awaitFinished();
      held--;
      return result(row);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TaskKilledException("interrupted while generating");
    }
  }

  /** Cancels what still runs and gives the engine back. Idempotent. */
  @Override
  public void close() {
    running.forEach(GenerationHandle::cancel);
    running.clear();
    lease.close();
  }

  private void submit(Row row) throws InterruptedException {
    String promptId = PromptRow.id(row);
    String requestKey = null;
    try {
      List<Message> messages = PromptRow.messages(row);
      requestKey = RequestKey.of(messages, sampling, engine.model());
      start(promptId, requestKey, messages);
    } catch (EngineException e) {
      finished.add(new Finished(promptId, requestKey, null, null, e));
    }
    held++;
  }

  private void start(String promptId, String requestKey, List<Message> messages)
      throws InterruptedException {
    SamplingParameters own =
        new SamplingParameters(
            sampling.temperature(),
            sampling.topP(),
            RequestKey.seed(requestKey, 0),
            sampling.maxNewTokens());
    GenerationHandle handle = engine.submit(new GenerationRequest(messages, own));
    running.add(handle);
    var unused =
        handle
            .result()
            .whenComplete(
                (generation, failure) ->
                    finished.add(new Finished(promptId, requestKey, handle, generation, failure)));
  }

  private Finished awaitFinished() throws InterruptedException {
    while (true) {
      Finished row = finished.poll(KILL_CHECK_MILLIS, TimeUnit.MILLISECONDS);
      if (row != null) {
        return row;
      }
      if (killed.getAsBoolean()) {
        throw new TaskKilledException("killed while generating");
      }
    }
  }

  private Row result(Finished row) {
    if (row.handle() != null) {
      running.remove(row.handle());
    }
    if (row.failure() == null) {
      GenerationMeter.answered(row.generation());
      return GenerationRow.answered(
          row.promptId(), row.requestKey(), row.generation(), engine.model());
    }
    EngineException failure = rowFailure(row.failure());
    GenerationMeter.failed();
    return GenerationRow.failed(row.promptId(), row.requestKey(), failure, engine.model());
  }

  /** Gives back a failure that is the row's own; throws one that is the engine's. */
  private EngineException rowFailure(Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    if (cause instanceof EngineException failure) {
      switch (failure.code()) {
        case PROMPT_TOO_LONG, PROMPT_EMPTY, TEMPLATE_REFUSED, SCORES_NOT_FINITE, BAD_OPTION -> {
          return failure;
        }
        case CANCELLED, BAD_CHECKPOINT -> throw failure;
        case ENGINE_CLOSED, ENGINE_FAILED -> {
          lease.engineFailed();
          throw failure;
        }
      }
    }
    lease.engineFailed();
    throw new IllegalStateException("the engine failed in a way it does not declare", cause);
  }
}
