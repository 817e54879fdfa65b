package io.reckon.engine;

import io.reckon.engine.api.EngineCounters;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.api.ModelDescription;
import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.cache.PageTable;
import io.reckon.engine.constraint.Constraint;
import io.reckon.engine.metrics.EngineMeter;
import io.reckon.engine.sample.Sampler;
import io.reckon.engine.schedule.Scheduler;
import io.reckon.engine.schedule.Sequence;
import io.reckon.engine.text.EncodedPrompt;
import io.reckon.engine.text.GeneratedText;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The engine as its callers see it. Their threads render and encode prompts; the engine's own
 * thread runs the model ({@link EngineLoop}); they meet in the {@link Inbox}.
 */
final class BatchedEngine implements InferenceEngine {
  /** Requests in flight for each place in the batch; those beyond it wait in the queue. */
  private static final int QUEUE_FACTOR = 4;

  private final ModelDescription description;
  private final EngineText text;
  private final LoadedModel model;
  private final Inbox inbox;
  private final EngineMeter meter = new EngineMeter();
  private final EngineLoop loop;
  private final EngineThread thread;

  /**
   * @param thread has loaded the model
   */
  BatchedEngine(
      ModelDescription description,
      EngineText text,
      LoadedModel model,
      EngineConfiguration configuration,
      EngineThread thread) {
    this.description = description;
    this.text = text;
    this.model = model;
    this.inbox = new Inbox(QUEUE_FACTOR * configuration.maxRunning());
    Scheduler scheduler =
        model.scheduler(model.pool(), configuration.maxRunning(), configuration.drafts());
    this.loop = new EngineLoop(model, inbox, meter, scheduler);
    this.thread = thread;
  }

  void start() {
    thread.endWith(loop);
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

  private ActiveRequest prepare(GenerationRequest request) {
    SamplingParameters sampling = request.sampling();
    sampling.requireTokensOf(description);
    EncodedPrompt prompt = encode(request);
    int room = model.contextTokens() - prompt.tokens().length;
    int mostNewTokens = Math.min(room, sampling.maxNewTokens());
    GeneratedText generated =
        text.tokenizer().generatedText(prompt.insideThinking(), sampling.stopStrings());
    return new ActiveRequest(
        new Sequence(
            prompt.tokens(),
            new PageTable(model.pool()),
            Thread.currentThread().getId(),
            prompt.tokens().length + mostNewTokens),
        sampling,
        new Sampler(sampling, prompt.tokens()),
        generated,
        guidance(sampling, generated, mostNewTokens),
        text.endTokens(),
        mostNewTokens);
  }

  private Guidance guidance(
      SamplingParameters sampling, GeneratedText generated, int mostNewTokens) {
    Optional<Constraint> constraint =
        Optional.of(sampling.constraint()).filter(OutputConstraint::constrains).map(this::compile);
    return new Guidance(
        sampling, generated, constraint, text.tokenizer().closeOfThinking(), mostNewTokens);
  }

  private Constraint compile(OutputConstraint constraint) {
    if (text.endTokens().isEmpty()) {
      throw new EngineException(
          ErrorCode.BAD_OPTION,
          "a constraint needs a model that says how its turns end; give tokenizer_config.json an eos_token, or config.json an eos_token_id");
    }
    return text.constraints().compile(constraint);
  }

  private EncodedPrompt encode(GenerationRequest request) {
    try {
      return text.encoder().encode(request, model.contextTokens());
    } catch (EngineException e) {
      throw e;
    } catch (RuntimeException e) { // The template and tokenizer libraries throw what they like.
      throw new EngineException(
          ErrorCode.TEMPLATE_REFUSED, "the prompt can't be rendered or encoded: " + e, e);
    }
  }

  @Override
  public ModelDescription model() {
    return description;
  }

  @Override
  public EngineCounters counters() {
    return meter.counters();
  }

  @Override
  public void close() {
    inbox.close(new EngineException(ErrorCode.ENGINE_CLOSED, "the engine is closed"));
    if (thread.join()) {
      text.close();
    }
  }
}
