package io.reckon.jobs.plan;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a plan comes to, in numbers.
 *
 * @param rows rows of the source
 * @param asked answers that they ask for, each row as many as it says itself
 * @param openAnswers those of them that lack an outcome: to be generated or copied
 * @param doneRows those that have their outcomes
 * @param rerunRows those that have an outcome that does not stand; they are among those below
 * @param reusedRows those whose request has been answered under another id: they get its rows
 * @param mergedRows those whose request another row of this run makes: they get its rows
 * @param workRows requests to generate; done, reused, merged and these make up {@code rows}
 * @param generations samples of those requests that are to be made
 * @param promptTokens what their prompts come to, by their length
 * @param outputTokens what the model may write for them
 * @param outputTokensEach what one generation is expected to take
 * @param outputBasis where that number comes from
 * @param partitions tasks that they are cut into
 */
public record PlanFigures(
    long rows,
    long asked,
    long openAnswers,
    long doneRows,
    long rerunRows,
    long reusedRows,
    long mergedRows,
    long workRows,
    long generations,
    long promptTokens,
    long outputTokens,
    double outputTokensEach,
    OutputBasis outputBasis,
    int partitions,
    OptionalDouble measuredTokensPerSecond) {
  /** Where the expected length of an output comes from. */
  public enum OutputBasis {
    SOURCE,
    MODEL,
    DEFAULT
  }

  /** Rows that lack an outcome: to be generated or copied. */
  public long openRows() {
    return rows - doneRows;
  }

  /** Answers that are copied from another row's, before or after generating. */
  public long copiedAnswers() {
    return openAnswers - generations;
  }

  /**
   * How long generating takes.
   *
   * @param tokensPerSecond given; empty to go by what was measured
   * @return empty where nothing was measured either
   */
  public Optional<Duration> expectedTime(OptionalDouble tokensPerSecond) {
    OptionalDouble rate = tokensPerSecond.isPresent() ? tokensPerSecond : measuredTokensPerSecond;
    return rate.isPresent()
        ? Optional.of(Duration.ofMillis(Math.round(outputTokens / rate.getAsDouble() * 1e3)))
        : Optional.empty();
  }
}
