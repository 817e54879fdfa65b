package io.reckon.engine.metrics;

import io.reckon.engine.api.EngineCounters;
import java.util.concurrent.atomic.LongAdder;

/** Running totals of an engine. Safe for any thread. */
public final class EngineMeter {
  private final LongAdder requests = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder promptTokens = new LongAdder();
  private final LongAdder cachedTokens = new LongAdder();
  private final LongAdder computedTokens = new LongAdder();
  private final LongAdder generatedTokens = new LongAdder();
  private final LongAdder draftedTokens = new LongAdder();
  private final LongAdder acceptedTokens = new LongAdder();
  private final LongAdder steps = new LongAdder();
  private volatile Load load = new Load(0, 0, 0, 0, 0, 0);

  /** How an engine stands between two steps; the fields are those of {@link EngineCounters}. */
  public record Load(
      int running, int waiting, long evictions, long pauses, int pages, int pagesHeld) {}

  /** Counts a request that ended well. */
  public void finished(int promptTokenCount, int cachedTokenCount) {
    requests.increment();
    promptTokens.add(promptTokenCount);
    cachedTokens.add(cachedTokenCount);
  }

  /** Counts a request that failed or was cancelled. */
  public void failed() {
    requests.increment();
    failures.increment();
  }

  /** Counts a model step, before anybody hears what came of it. */
  public void stepped(int computedTokenCount, int drafts) {
    steps.increment();
    computedTokens.add(computedTokenCount);
    draftedTokens.add(drafts);
  }

  /** Counts a token that was chosen, and whether the scores were those of a draft. */
  public void chose(boolean drafted) {
    generatedTokens.increment();
    if (drafted) {
      acceptedTokens.increment();
    }
  }

  /** Notes how the engine stands now. */
  public void stands(Load now) {
    load = now;
  }

  /** The totals now. */
  public EngineCounters counters() {
    Load now = load;
    return new EngineCounters(
        requests.sum(),
        failures.sum(),
        promptTokens.sum(),
        cachedTokens.sum(),
        computedTokens.sum(),
        generatedTokens.sum(),
        steps.sum(),
        now.evictions(),
        now.pauses(),
        draftedTokens.sum(),
        acceptedTokens.sum(),
        now.running(),
        now.waiting(),
        now.pages(),
        now.pagesHeld());
  }
}
