package io.reckon.engine.remote;

import io.reckon.engine.api.EngineCounters;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.api.ModelDescription;
import io.reckon.engine.api.ReasoningMarkers;
import io.reckon.engine.common.Threads;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Answers by asking a server, with a thread for each request that is open. Retries, pauses and rate
 * limits are decided here, in one place for all of an executor's requests, and not by the client.
 */
public final class RemoteEngine implements InferenceEngine {
  /** Requests in flight for each that may be open; those beyond it wait for a thread. */
  private static final int QUEUE_FACTOR = 2;

  private final EndpointConfiguration endpoint;
  private final ReasoningMarkers markers;
  private final Optional<ApiKey> key;
  private final ChatClient client;
  private final RateGate gate;
  private final Semaphore places;
  private final ExecutorService threads;
  private final RemoteMeter meter = new RemoteMeter();
  private final Set<Handle> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private RemoteEngine(
      EndpointConfiguration endpoint, ReasoningMarkers markers, Optional<ApiKey> key) {
    this.endpoint = endpoint;
    this.markers = markers;
    this.key = key;
    this.client = new ChatClient(endpoint, key);
    this.gate = new RateGate(endpoint.requestsPerMinute());
    this.places = new Semaphore(QUEUE_FACTOR * endpoint.concurrency(), true);
    this.threads =
        Executors.newFixedThreadPool(endpoint.concurrency(), Threads.daemons("reckon-endpoint"));
  }

  /**
   * Opens an engine; sends nothing yet.
   *
   * @param markers of reasoning that the server leaves in the text; the usual ones where none are
   *     given
   * @param environment gives a variable's value, or null: {@code System::getenv}
   * @throws EngineException {@code BAD_OPTION} where a variable was named for the key and is unset
   */
  public static InferenceEngine open(
      EndpointConfiguration endpoint, ReasoningMarkers markers, UnaryOperator<String> environment) {
    return new RemoteEngine(endpoint, markers, ApiKey.read(endpoint.keyVariable(), environment));
  }

  @Override
  public GenerationHandle submit(GenerationRequest request) throws InterruptedException {
    refuseIfClosed();
    Cancellation cancellation = new Cancellation();
    RemoteCall call;
    try {
      call = prepare(request, cancellation);
    } catch (EngineException e) {
      meter.failed();
      Handle refused = new Handle(cancellation, handle -> {});
      refused.fail(e);
      return refused;
    }
    places.acquire();
    Handle handle = new Handle(cancellation, this::ended);
    start(handle, call);
    return handle;
  }

  private void ended(Handle handle) {
    open.remove(handle);
    places.release();
    meter.ended(handle.result);
  }

  private void start(Handle handle, RemoteCall call) {
    open.add(handle);
    try {
      handle.task = threads.submit(() -> run(handle, call));
    } catch (RejectedExecutionException e) {
      handle.fail(closedException());
    }
    if (closed) {
      handle.end(closedException());
    }
  }

  private void run(Handle handle, RemoteCall call) {
    if (handle.result.isDone()) {
      return;
    }
    meter.started();
    try {
      handle.result.complete(call.run());
    } catch (InterruptedException e) {
      handle.fail(cancelled());
    } catch (EngineException e) {
      handle.fail(e);
    } catch (RuntimeException | Error e) { // Of the client's: its text may hold the key.
      handle.fail(
          new EngineException(
              ErrorCode.ENDPOINT_UNAVAILABLE,
              "the client failed with a " + e.getClass().getName() + "; try again"));
    } finally {
      meter.stopped();
    }
  }

  private RemoteCall prepare(GenerationRequest request, Cancellation cancellation) {
    EndpointConfiguration.requireSupported(request.sampling());
    return new RemoteCall(
        ChatRequest.of(endpoint, request),
        request.sampling(),
        markers,
        params -> client.send(params, cancellation),
        gate,
        endpoint.retries(),
        key,
        meter::attempted);
  }

  private static final class Handle implements GenerationHandle {
    private final CompletableFuture<Generation> result = new CompletableFuture<>();

    /** Ends after the engine has counted it. */
    private final CompletableFuture<Generation> counted;

    private final Cancellation cancellation;

    // Set once, by the thread that submits.
    private volatile Future<?> task;

    /**
     * @param cancellation of the calls it makes
     * @param ended called once, as soon as there is a result
     */
    private Handle(Cancellation cancellation, Consumer<Handle> ended) {
      this.cancellation = cancellation;
      this.counted = result.whenComplete((generation, failure) -> ended.accept(this));
    }

    @Override
    public CompletableFuture<Generation> result() {
      return counted.copy();
    }

    @Override
    public void cancel() {
      end(cancelled());
    }

    /** Fails the request, has the server drop it, and frees its thread, whatever that waits for. */
    private void end(EngineException failure) {
      fail(failure);
      Future<?> running = task;
      if (running != null) {
        running.cancel(true);
      }
      // After the interrupt, which tells the thread why its call broke off.
      cancellation.cancel();
    }

    private void fail(EngineException failure) {
      result.completeExceptionally(failure);
    }
  }

  @Override
  public ModelDescription model() {
    return endpoint.description(markers);
  }

  @Override
  public EngineCounters counters() {
    return meter.counters(open.size());
  }

  @Override
  public void close() {
    closed = true;
    open.forEach(handle -> handle.end(closedException()));
    threads.shutdownNow();
    client.close();
  }

  private void refuseIfClosed() {
    if (closed) {
      throw closedException();
    }
  }

  private static EngineException closedException() {
    return new EngineException(ErrorCode.ENGINE_CLOSED, "the engine is closed");
  }

  private static EngineException cancelled() {
    return new EngineException(ErrorCode.CANCELLED, "the request was cancelled");
  }
}
