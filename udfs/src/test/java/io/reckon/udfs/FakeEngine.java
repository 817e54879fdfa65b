package io.reckon.udfs;

import io.reckon.engine.EngineConfiguration;
import io.reckon.engine.api.EngineCounters;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.FinishReason;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.ModelDescription;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers a prompt with itself in capitals, after a while; where the answer is constrained, the
 * prompt's last line is what was parsed. A prompt that holds {@code <fail>} breaks the engine once,
 * {@code <kill>} every time, {@code <stuck>} never ends, and one of more than 10,000 characters is
 * too long.
 */
@SuppressWarnings("CollectionUndefinedEquality") // Futures are told apart by identity.
public final class FakeEngine implements InferenceEngine {
  /** Prompts that break an engine do so once in this JVM, so that a retry gets through. */
  private static final Set<String> BROKEN_BY = ConcurrentHashMap.newKeySet();

  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final Set<CompletableFuture<Generation>> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger mostOpen = new AtomicInteger();
  private final AtomicInteger asked = new AtomicInteger();
  private final EngineConfiguration configuration;
  private final long millis;
  private volatile boolean closed;

  /**
   * @param millis how long an answer takes
   */
  FakeEngine(EngineConfiguration configuration, long millis) {
    this.configuration = configuration;
    this.millis = millis;
  }

  @Override
  public GenerationHandle submit(GenerationRequest request) {
    if (closed) {
      throw new EngineException(ErrorCode.ENGINE_CLOSED, "the engine is closed");
    }
    CompletableFuture<Generation> result = new CompletableFuture<>();
    asked.incrementAndGet();
    open.add(result);
    mostOpen.accumulateAndGet(open.size(), Math::max);
    String prompt = request.messages().get(request.messages().size() - 1).content();
    if (!prompt.contains("<stuck>")) {
      var unused =
          clock.schedule(() -> end(result, request, prompt), millis, TimeUnit.MILLISECONDS);
    }
    return new Handle(result);
  }

  private final class Handle implements GenerationHandle {
    private final CompletableFuture<Generation> result;

    private Handle(CompletableFuture<Generation> result) {
      this.result = result;
    }

    @Override
    public CompletableFuture<Generation> result() {
      return result;
    }

    @Override
    public void cancel() {
      open.remove(result);
      result.completeExceptionally(new EngineException(ErrorCode.CANCELLED, "cancelled"));
    }
  }

  private void end(CompletableFuture<Generation> result, GenerationRequest request, String prompt) {
    open.remove(result);
    if (prompt.contains("<kill>") || (prompt.contains("<fail>") && BROKEN_BY.add(prompt))) {
      result.completeExceptionally(
          new EngineException(ErrorCode.ENGINE_FAILED, "the device was lost"));
    } else if (prompt.length() > 10_000) {
      result.completeExceptionally(
          new EngineException(
              ErrorCode.PROMPT_TOO_LONG, "the prompt has " + prompt.length() + " characters"));
    } else {
      result.complete(generation(request, prompt));
    }
  }

  private static Generation generation(GenerationRequest request, String prompt) {
    int promptTokens =
        request.messages().stream().map(Message::content).mapToInt(String::length).sum();
    return new Generation(
        prompt.toUpperCase(java.util.Locale.ROOT),
        request.sampling().constraint().constrains()
            ? prompt.lines().reduce((line, next) -> next)
            : Optional.empty(),
        "said louder: " + prompt,
        false,
        FinishReason.STOP,
        promptTokens,
        0,
        3,
        prompt.length(),
        -0.5,
        List.of());
  }

  /** Requests that have not ended. */
  public int open() {
    return open.size();
  }

  /** Most requests that were open at a time. */
  public int mostOpen() {
    return mostOpen.get();
  }

  /** Requests so far. */
  public int asked() {
    return asked.get();
  }

  public boolean closed() {
    return closed;
  }

  @Override
  public ModelDescription model() {
    return new ModelDescription(
        configuration.model(),
        "fake-" + configuration.model(),
        configuration.mode(),
        configuration.device(),
        10_000,
        500,
        1);
  }

  @Override
  public EngineCounters counters() {
    return new EngineCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, open.size(), 0, 0, 0);
  }

  @Override
  public void close() {
    closed = true;
    clock.shutdownNow();
    for (CompletableFuture<Generation> result : open) {
      result.completeExceptionally(
          new EngineException(ErrorCode.ENGINE_CLOSED, "the engine was closed"));
    }
    open.clear();
  }
}
