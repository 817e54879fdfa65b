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
 * The rows of one task that the engine works on now, each sample of a prompt a row. Used by the
 * task's thread alone; only the queue of finished rows is filled by the engine's.
 */
final class RowsInFlight implements Iterator<Row>, AutoCloseable {
  private static final long KILL_CHECK_MILLIS = 100;

  private final Iterator<Row> rows;
  private final EngineLease lease;
  private final InferenceEngine engine;
  private final SamplingParameters sampling;
  private final int samples;
  private final int window;
  private final BooleanSupplier killed;
  private final Set<GenerationHandle> running = new HashSet<>();
  private final BlockingQueue<Finished> finished = new LinkedBlockingQueue<>();
  // Rows begun and not yet given out.
  private int held;
  // The prompt whose samples are begun one after the other, and the next of them.
  private Row prompt;
  private int nextSample;

  RowsInFlight(
      Iterator<Row> rows,
      EngineLease lease,
      SamplingParameters sampling,
      int samples,
      int window,
      BooleanSupplier killed) {
    this.rows = rows;
    this.lease = lease;
    this.engine = lease.engine();
    this.sampling = sampling;
    this.samples = samples;
    this.nextSample = samples;
    this.window = window;
    this.killed = killed;
  }

  /** A row whose generation ended; {@code handle} is null where none was started. */
  private record Finished(
      String promptId,
      int sample,
      String requestKey,
      GenerationHandle handle,
      Generation generation,
      Throwable failure) {}

  @Override
  public boolean hasNext() {
    return held > 0 || hasMoreToBegin();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the partition has no more rows");
    }
    try {
      while (held < window && hasMoreToBegin()) {
        beginNext();
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

  private boolean hasMoreToBegin() {
    return nextSample < samples || rows.hasNext();
  }

  private void beginNext() throws InterruptedException {
    if (nextSample == samples) {
      prompt = rows.next();
      nextSample = 0;
    }
    submit(prompt, nextSample++);
  }

  private void submit(Row row, int sample) throws InterruptedException {
    String promptId = PromptRow.id(row);
    String requestKey = null;
    try {
      List<Message> messages = PromptRow.messages(row);
      requestKey = RequestKey.of(messages, sampling, engine.model());
      start(promptId, sample, requestKey, messages);
    } catch (EngineException e) {
      finished.add(new Finished(promptId, sample, requestKey, null, null, e));
    }
    held++;
  }

  private void start(String promptId, int sample, String requestKey, List<Message> messages)
      throws InterruptedException {
    SamplingParameters own = sampling.withSeed(RequestKey.seed(requestKey, sample));
    GenerationHandle handle = engine.submit(new GenerationRequest(messages, own));
    running.add(handle);
    var unused =
        handle
            .result()
            .whenComplete(
                (generation, failure) ->
                    finished.add(
                        new Finished(promptId, sample, requestKey, handle, generation, failure)));
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
          row.promptId(), row.sample(), row.requestKey(), row.generation(), engine.model());
    }
    EngineException failure = rowFailure(row.failure());
    GenerationMeter.failed();
    return GenerationRow.failed(
        row.promptId(), row.sample(), row.requestKey(), failure, engine.model());
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
