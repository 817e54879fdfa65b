package io.reckon.udfs.watch;

import io.reckon.engine.api.Generation;
import java.util.concurrent.atomic.LongAdder;

/** Counts what this JVM's tasks have made. Any thread may add. */
public final class GenerationMeter {
  private static final LongAdder ROWS = new LongAdder();
  private static final LongAdder FAILED_ROWS = new LongAdder();
  private static final LongAdder PROMPT_TOKENS = new LongAdder();
  private static final LongAdder CACHED_TOKENS = new LongAdder();
  private static final LongAdder GENERATED_TOKENS = new LongAdder();

  private GenerationMeter() {}

  /** Counts a row that ended with an answer. */
  public static void answered(Generation generation) {
    ROWS.increment();
    PROMPT_TOKENS.add(generation.promptTokens());
    CACHED_TOKENS.add(generation.cachedTokens());
    GENERATED_TOKENS.add((long) generation.reasoningTokens() + generation.answerTokens());
  }

  /** Counts a row that ended with an error. */
  public static void failed() {
    ROWS.increment();
    FAILED_ROWS.increment();
  }

  /** Since this JVM began. */
  public static GenerationCount read() {
    return new GenerationCount(
        ROWS.sum(),
        FAILED_ROWS.sum(),
        PROMPT_TOKENS.sum(),
        CACHED_TOKENS.sum(),
        GENERATED_TOKENS.sum());
  }
}
