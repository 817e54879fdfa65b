package io.reckon.engine;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.FinishReason;
import io.reckon.engine.api.Generation;
import io.reckon.engine.cache.PagePool;
import io.reckon.engine.metrics.EngineMeter;
import io.reckon.engine.program.StepOutput;
import io.reckon.engine.sample.RankedTokens;
import io.reckon.engine.sample.TokenScores;
import io.reckon.engine.schedule.Batch;
import io.reckon.engine.schedule.Scheduler;
import io.reckon.engine.schedule.Sequence;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What the engine's thread does: one short {@link #step} after the other, shared by all requests in
 * flight, until the inbox closes or a step fails. Owns the model and closes it at the end.
 */
final class EngineLoop implements Runnable {
  private final LoadedModel model;
  private final Inbox inbox;
  private final EngineMeter meter;
  private final Scheduler scheduler;
  private final StepAssembler assembler;

  /** Every request taken in and not ended. */
  private final IdentityHashMap<Sequence, ActiveRequest> active = new IdentityHashMap<>();

  EngineLoop(LoadedModel model, Inbox inbox, EngineMeter meter, Scheduler scheduler) {
    this.model = model;
    this.inbox = inbox;
    this.meter = meter;
    this.scheduler = scheduler;
    this.assembler = model.assembler();
  }

  @Override
  public void run() {
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
              ErrorCode.ENGINE_FAILED, "the engine failed in a step: " + e.getMessage(), e);
    } finally {
      inbox.close(reason);
      try {
        failAll(reason);
      } finally {
        model.close();
      }
    }
  }

  private void step() throws InterruptedException {
    takeIn(inbox.take(active.isEmpty()));
    Batch batch = scheduler.next();
    if (!batch.isEmpty()) {
      AssembledStep step = assembler.assemble(batch, sequence -> active.get(sequence).sampling());
      try (StepOutput output = model.program().step(step.input())) {
        meter.stepped(batch.tokens(), batch.drafts());
        // Before others can find what was computed of them.
        Set<Sequence> damaged = step.owners(output.damagedRows());
        damaged.forEach(sequence -> fail(active.get(sequence), notFinite(active.get(sequence))));
        step.dropDrafts(output.damagedRows());
        scheduler.computed(batch.without(damaged));
        extend(step.scored(), output);
      }
    }
    meter.stands(load());
  }

  private EngineMeter.Load load() {
    PagePool pool = model.pool();
    return new EngineMeter.Load(
        scheduler.running(),
        scheduler.waiting(),
        pool.evictions(),
        scheduler.pauses(),
        pool.capacity(),
        pool.capacity() - pool.free());
  }

  private void takeIn(Inbox.Mail mail) {
    mail.submitted().forEach(request -> active.put(request.sequence(), request));
    for (ActiveRequest request : mail.submitted()) {
      scheduler.add(request.sequence());
      goOn(request, request::begin);
    }
    for (ActiveRequest request : mail.cancelled()) {
      if (active.containsKey(request.sequence())) {
        fail(request, new EngineException(ErrorCode.CANCELLED, "the request was cancelled"));
      }
    }
  }

  /** Gives every scored sequence its next token, or several. */
  private void extend(List<ScoredRows> scored, StepOutput output) {
    for (ScoredRows rows : scored) {
      ActiveRequest request = active.get(rows.sequence());
      if (request != null) { // It may have failed.
        rows.extend(
            scheduler,
            row -> {
              meter.chose(rows.isDrafted(row));
              return extend(request, output, row);
            });
      }
    }
  }

  /** Gives a request its next token; gives whether it goes on. */
  private boolean extend(ActiveRequest request, StepOutput output, int row) {
    if (Float.isFinite(output.logSum(row))) {
      TokenScores scores = scores(output, row);
      goOn(request, () -> request.extend(scores));
    } else {
      fail(request, notFinite(request));
    }
    return active.containsKey(request.sequence());
  }

  /** Goes on with one request; what goes wrong there is that request's failure alone. */
  private void goOn(ActiveRequest request, Supplier<Optional<Generation>> step) {
    Optional<Generation> ended = Optional.empty();
    try {
      ended = step.get();
    } catch (RuntimeException | StackOverflowError e) { // A deep constraint overflows the stack.
      fail(
          request,
          new EngineException(
              ErrorCode.REQUEST_FAILED,
              "the engine could not go on after %d tokens: %s; this is a fault of Reckon's, please report it"
                  .formatted(request.sequence().length(), e),
              e));
    }
    ended.ifPresent(generation -> finish(request, generation));
  }

  private static TokenScores scores(StepOutput output, int row) {
    return new TokenScores(
        output.bestToken(row),
        output.bestLogit(row),
        output.logSum(row),
        output.temperedLogMass(row),
        RankedTokens.ranked(output.candidateTokens(row), output.candidateLogits(row)),
        () -> output.logits(row));
  }

  private void finish(ActiveRequest request, Generation generation) {
    meter.finished(generation.promptTokens(), generation.cachedTokens());
    if (generation.finishReason() != FinishReason.LENGTH) {
      scheduler.ended(request.sequence());
    }
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
    inbox.leave(request);
  }

  /** Those who wait come first: what broke a step may break the schedule's bookkeeping too. */
  private void failAll(EngineException reason) {
    inbox.drain().submitted().forEach(request -> active.put(request.sequence(), request));
    List<ActiveRequest> left = List.copyOf(active.values());
    for (ActiveRequest request : left) {
      meter.failed();
      request.result().completeExceptionally(reason);
    }
    left.forEach(this::drop);
  }

  private static EngineException notFinite(ActiveRequest request) {
    return new EngineException(
        ErrorCode.SCORES_NOT_FINITE,
        "the model's scores after %d tokens are not finite; the weights may be damaged, or need mode float32"
            .formatted(request.sequence().length()));
  }
}
