package io.reckon.jobs.infer;

import java.time.Duration;

/** Is told how a run goes: about once a second while it generates, and when a phase begins. */
@FunctionalInterface
public interface Progress {
  /** Tells nobody. */
  Progress NONE = update -> {};

  /** Called from any thread, from one at a time; must return soon. */
  void update(Update update);

  /** Is told in a sentence or two that the process ends in the middle, and what is safe. */
  default void interrupted(String message) {}

  /** What a run does in turn. */
  enum Phase {
    READING,
    GENERATING,
    WRITING
  }

  /**
   * Where a run stands. Work that was lost and done again counts twice here, and once in the
   * tables.
   *
   * @param rowsDone rows that ended so far
   * @param rows rows in all; 0 while that is not known
   * @param failedRows those that ended with an error
   * @param generatedTokens tokens written so far, those of rows that have not ended included; 0
   *     where {@code spark.plugins} lacks Reckon's, as is {@code cacheHitRate}
   * @param cacheHitRate share of the prompt tokens that were not computed again, from 0 to 1
   * @param elapsed since the phase began
   */
  record Update(
      Phase phase,
      long rowsDone,
      long rows,
      long failedRows,
      long generatedTokens,
      double cacheHitRate,
      Duration elapsed) {
    static Update begin(Phase phase, long rows) {
      return new Update(phase, 0, rows, 0, 0, 0, Duration.ZERO);
    }
  }
}
