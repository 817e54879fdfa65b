package io.reckon.engine;

import io.reckon.engine.api.EngineCounters;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.api.ModelDescription;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.cache.PageTable;
import io.reckon.engine.metrics.EngineMeter;
import io.reckon.engine.program.StepOutput;
import io.reckon.engine.sample.ChosenToken;
import io.reckon.engine.sample.RankedTokens;
import io.reckon.engine.sample.Sampler;
import io.reckon.engine.sample.TokenScores;
import io.reckon.engine.schedule.Batch;
import io.reckon.engine.schedule.Scheduler;
import io.reckon.engine.schedule.Sequence;
import io.reckon.engine.text.EncodedPrompt;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The engine: callers' threads render and encode prompts, one thread runs the model in short steps
 * that all requests in flight share.
 */
final class BatchedEngine implements InferenceEngine {
  /** Requests in flight for each place in the batch; those beyond it wait in the queue. */
  private static final int QUEUE_FACTOR = 4;

  private final ModelDescription description;
  private final EngineText text;
  private final LoadedModel model;
  private final Scheduler scheduler;
  private final StepAssembler assembler;
  private final Inbox inbox;
  private final EngineMeter meter = new EngineMeter();
  private final Thread thread = new Thread(this::run, "reckon-engine");

  /** Every request that the engine's thread has taken in and not ended; that thread's own. */
  private final Map<Sequence, ActiveRequest> active = new IdentityHashMap<>();

  private volatile int running;
  private volatile int waiting;

  BatchedEngine(ModelDescription description, EngineText text, LoadedModel model, int maxRunning) {
    this.description = description;
    this.text = text;
    this.model = model;
    this.scheduler = model.scheduler(maxRunning);
    this.assembler = model.assembler();
    this.inbox = new Inbox(QUEUE_FACTOR * maxRunning);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  @Override
  public GenerationHandle submit(GenerationRequest request) throws InterruptedException {
    inbox.refuseIfClosed();
    ActiveRequest prepared;
    try {
      prepared = prepare(request);
    } catch (EngineException e) {
      inbox.refuseIfClosed();
      meter.failed();
      return new Handle(CompletableFuture.failedFuture(e), () -> {});
    }
    inbox.submit(prepared);
    return new Handle(prepared.result().copy(), () -> inbox.cancel(prepared));
  }

  private record Handle(CompletableFuture<Generation> result, Runnable canceller)
      implements GenerationHandle {
    @Override
    public void cancel() {
      canceller.run();
    }
  }

  private EncodedPrompt encode(GenerationRequest request) {
    try {
      return text.encoder().encode(request.messages());
    } catch (EngineException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new EngineException(
          ErrorCode.ENGINE_FAILED, "the prompt can't be encoded: " + firstLine(e), e);
    }
  }

  private ActiveRequest prepare(GenerationRequest request) {
    EncodedPrompt prompt = encode(request);
    int room = model.contextTokens() - prompt.tokens().length;
    if (room < 1) {
      throw new EngineException(
          ErrorCode.PROMPT_TOO_LONG,
          "the prompt has %d tokens; with one to generate, the model's context of %d holds %d"
              .formatted(prompt.tokens().length, model.contextTokens(), model.contextTokens() - 1));
    }
    return new ActiveRequest(
        new Sequence(prompt.tokens(), new PageTable(model.pool())),
        request.sampling(),
        text.tokenizer().generatedText(prompt.insideThinking()),
        Math.min(room, request.sampling().maxNewTokens()));
  }

  @Override
  public ModelDescription model() {
    return description;
  }

  @Override
  public EngineCounters counters() {
    return meter.counters(running, waiting);
  }

  @Override
  public void close() {
    inbox.close(new EngineException(ErrorCode.ENGINE_CLOSED, "the engine is closed"));
    boolean interrupted = false;
    while (thread.isAlive() && Thread.currentThread() != thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    EngineException reason =
        new EngineException(
            ErrorCode.ENGINE_CLOSED, "the engine was closed before the request ended");
    try {
      while (inbox.isOpen()) {
        step();
      }
    } catch (Throwable e) { // An Error too must reach those who wait.
      reason =
          new EngineException(
              ErrorCode.ENGINE_FAILED, "the engine failed in a step: " + firstLine(e), e);
    } finally {
      inbox.close(reason);
      failAll(reason);
      model.close();
      text.close();
    }
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
  }

  private void step() throws InterruptedException {
    Inbox.Mail mail = inbox.take(active.isEmpty());
    mail.submitted().forEach(this::admit);
    mail.cancelled().forEach(this::cancel);
    Batch batch = scheduler.next();
    if (!batch.isEmpty()) {
      AssembledStep step = assembler.assemble(batch, this::sampling);
      try (StepOutput output = model.program().step(step.input())) {
        scheduler.computed(batch);
        extend(step.sampled(), output);
      }
    }
    running = scheduler.running();
    waiting = scheduler.waiting();
  }

  private void admit(ActiveRequest request) {
    active.put(request.sequence(), request);
    scheduler.add(request.sequence());
  }

  private SamplingParameters sampling(Sequence sequence) {
    return active.get(sequence).sampling();
  }

  private void cancel(ActiveRequest request) {
    if (active.containsKey(request.sequence())) {
      fail(request, new EngineException(ErrorCode.CANCELLED, "the request was cancelled"));
    }
  }

  /** Gives every sampled sequence its next token. */
  private void extend(List<Sequence> sampled, StepOutput output) {
    meter.stepped(sampled.size());
    for (int row = 0; row < sampled.size(); row++) {
      ActiveRequest request = active.get(sampled.get(row));
      if (Float.isFinite(output.logSum(row))) {
        extend(request, scores(output, row));
      } else {
        fail(request, notFinite(request));
      }
    }
  }

  private void extend(ActiveRequest request, TokenScores scores) {
    ChosenToken chosen = Sampler.choose(scores, request.sampling(), request.sequence().length());
    if (text.endTokens().contains(chosen.token())) {
      finish(request, request.endByStop(chosen));
    } else if (!request.append(chosen)) {
      finish(request, request.endByLength());
    }
  }

  private static TokenScores scores(StepOutput output, int row) {
    return new TokenScores(
        output.bestToken(row),
        output.bestLogit(row),
        output.logSum(row),
        output.temperedLogSum(row),
        RankedTokens.ranked(output.candidateTokens(row), output.candidateLogits(row)),
        () -> output.logits(row));
  }

  private EngineException notFinite(ActiveRequest request) {
    return new EngineException(
        ErrorCode.SCORES_NOT_FINITE,
        "the model's scores after %d tokens are not finite; the weights may be damaged, or need mode float32"
            .formatted(request.sequence().length()));
  }

  private void finish(ActiveRequest request, Generation generation) {
    meter.finished(generation.promptTokens(), generation.cachedTokens());
    drop(request);
    request.result().complete(generation);
  }

  private void fail(ActiveRequest request, EngineException reason) {
    meter.failed();
    drop(request);
    request.result().completeExceptionally(reason);
  }

  private void drop(ActiveRequest request) {
    active.remove(request.sequence());
    scheduler.remove(request.sequence());
    inbox.leave();
  }

  private void failAll(EngineException reason) {
    inbox.drain().submitted().forEach(this::admit);
    List.copyOf(active.values()).forEach(request -> fail(request, reason));
  }
}
