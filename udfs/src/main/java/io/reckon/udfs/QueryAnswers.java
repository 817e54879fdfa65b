package io.reckon.udfs;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.udfs.watch.GenerationMeter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;

/**
 * A query's task and its executor's engine: many prompts at a time, each with an answer or its own
 * error. Nothing is journaled; a task that runs again asks again. Only the task's thread calls it.
 */
public final class QueryAnswers implements AutoCloseable {
  private static final long CHECK_MILLIS = 100;

  private final EngineLease lease;
  private final int most;
  private final BooleanSupplier killed;
  private final Set<GenerationHandle> running = ConcurrentHashMap.newKeySet();

  /** A permit for each request that has ended since somebody waited. */
  private final Semaphore ends = new Semaphore(0);

  private volatile boolean closed;
  private volatile Throwable engineFailure;

  private QueryAnswers(EngineLease lease, int most, BooleanSupplier killed) {
    this.lease = lease;
    this.most = most;
    this.killed = killed;
  }

  /**
   * Takes a share in the engine, loading it where need be, until the task ends.
   *
   * @throws EngineException where the engine does not load, or tasks keep another one and ask it
   *     nothing
   */
  public static QueryAnswers begin(
      TaskContext task, EngineSettings settings, EngineFactory factory) {
    try {
      EngineLease lease = ExecutorEngine.lease(settings, factory);
      QueryAnswers answers =
          new QueryAnswers(lease, 2 * settings.maxRunning(), task::isInterrupted);
      TaskCompletionListener close = ended -> answers.close();
      task.addTaskCompletionListener(close);
      return answers;
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /** Whether another prompt would keep the engine busier: it has less than twice what it runs. */
  public boolean hasRoom() {
    return running.size() < most;
  }

  /**
   * Asks a prompt. The same prompt and parameters give the same answer as the first sample of a run
   * over them.
   *
   * @param prompt of {@link PromptRow#SCHEMA}
   * @return completes when the request ends; never exceptionally, so it stays open where the engine
   *     fails: {@link #awaitEnd} throws then
   */
  public CompletableFuture<QueryAnswer> ask(Row prompt, SamplingParameters sampling) {
    requireGoingOn();
    try {
      return submit(request(prompt, sampling));
    } catch (InterruptedException e) {
      throw interrupted();
    } catch (EngineException e) {
      if (EngineFailures.isRowsOwn(e)) {
        GenerationMeter.failed();
        return CompletableFuture.completedFuture(QueryAnswer.failed(e));
      }
      throw lost(e);
    }
  }

  /**
   * Returns when a request has ended since the last call, or after a short while.
   *
   * @throws EngineException where the engine has failed
   * @throws TaskKilledException where the task is to end
   */
  public void awaitEnd() {
    try {
      if (ends.tryAcquire(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
        ends.drainPermits();
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
    requireGoingOn();
  }

  /** Cancels what still runs and gives the engine back. Idempotent. */
  @Override
  public void close() {
    closed = true;
    running.forEach(GenerationHandle::cancel);
    lease.close();
  }

  /**
   * A prompt as the engine takes it, with the seed of its first sample.
   *
   * @throws EngineException where the row holds none that a model could answer
   */
  private GenerationRequest request(Row prompt, SamplingParameters sampling) {
    List<Message> messages = PromptRow.messages(prompt);
    String key = RequestKey.of(prompt.getList(1), sampling, lease.engine().model());
    return new GenerationRequest(messages, sampling.withSeed(RequestKey.seed(key, 0)));
  }

  private CompletableFuture<QueryAnswer> submit(GenerationRequest request)
      throws InterruptedException {
    CompletableFuture<QueryAnswer> answer = new CompletableFuture<>();
    GenerationHandle handle = lease.submit(request, false);
    running.add(handle);
    var unused =
        handle
            .result()
            .whenComplete(
                (generation, failure) -> {
                  running.remove(handle);
                  end(answer, generation, failure);
                  ends.release();
                });
    if (closed) { // Another thread may feed its process from this one's rows when the task ends.
      handle.cancel();
    }
    return answer;
  }

  private void end(CompletableFuture<QueryAnswer> answer, Generation generation, Throwable thrown) {
    Throwable cause = EngineFailures.cause(thrown);
    if (thrown == null) {
      GenerationMeter.answered(generation);
      answer.complete(QueryAnswer.of(generation));
    } else if (EngineFailures.isRowsOwn(cause)) {
      GenerationMeter.failed();
      answer.complete(QueryAnswer.failed((EngineException) cause));
    } else if (!closed) {
      engineFailure = cause;
    }
  }

  private void requireGoingOn() {
    EngineFailures.requireWanted(killed);
    lease.requireAlive();
    if (engineFailure != null) {
      throw lost(EngineFailures.told(engineFailure));
    }
  }

  private EngineException lost(EngineException failure) {
    EngineFailures.endEngine(lease, failure, () -> {});
    return failure;
  }

  private static TaskKilledException interrupted() {
    Thread.currentThread().interrupt();
    return new TaskKilledException("interrupted while generating");
  }
}
