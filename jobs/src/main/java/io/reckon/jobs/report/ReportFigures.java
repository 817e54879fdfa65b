package io.reckon.jobs.report;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * All that a report tells.
 *
 * @param totals over the run's rows
 * @param times intervals since the run's begin
 * @param overTime what ended in each of them
 * @param lengths of those that were generated; none where nothing was
 * @param endings by finish reason and error, the most frequent first
 * @param longest the generations with the most tokens, the longest first
 */
record ReportFigures(
    RunFacts run,
    Totals totals,
    Bins times,
    List<Interval> overTime,
    List<Lengths> lengths,
    List<Ending> endings,
    List<LongAnswer> longest) {

  /**
   * A row of {@code runs}.
   *
   * @param startedSeconds since 1970, as is {@code endedSeconds}
   * @param failure empty where it did not fail
   * @param tokensPerSecond empty where nobody knows, as is {@code cost}
   */
  record RunFacts(
      String runId,
      double startedSeconds,
      double endedSeconds,
      String status,
      String failure,
      String configuration,
      String source,
      OptionalLong sourceVersion,
      long rows,
      long failedRows,
      long promptTokens,
      long cachedTokens,
      long generatedTokens,
      OptionalDouble tokensPerSecond,
      double cacheHitRate,
      OptionalDouble cost) {
    double seconds() {
      return endedSeconds - startedSeconds;
    }
  }

  /**
   * @param copiedRows rows whose outcome was generated for another
   * @param model empty where there are no rows, as is {@code fingerprint}
   */
  record Totals(long copiedRows, String model, String fingerprint) {}

  /** The rows of an interval; tokens only of those that were generated for their own sake. */
  record Interval(
      long rows, long failedRows, long promptTokens, long cachedTokens, long generatedTokens) {
    static final Interval EMPTY = new Interval(0, 0, 0, 0, 0);
  }

  /** What a row's length may be counted of. */
  enum Part {
    PROMPT("prompt_tokens", "Prompts"),
    REASONING("reasoning_tokens", "Reasoning"),
    ANSWER("answer_tokens", "Answers");

    private final String column;
    private final String title;

    Part(String column, String title) {
      this.column = column;
      this.title = title;
    }

    String column() {
      return column;
    }

    String title() {
      return title;
    }
  }

  /**
   * How long the rows of a run are, in tokens.
   *
   * @param rows how many in each of the intervals {@code bins}
   * @param ninetieth nine of ten are not longer
   */
  record Lengths(
      Part part,
      Bins bins,
      List<Long> rows,
      long tokens,
      long median,
      long ninetieth,
      long longest) {}

  /**
   * A way in which rows ended.
   *
   * @param errorCode empty unless they failed, as are the two that follow
   * @param promptId names one such row
   * @param message its error
   */
  record Ending(String reason, String errorCode, String promptId, String message, long rows) {}

  /**
   * @param answer how it begins
   * @param reasoning how it ends
   */
  record LongAnswer(
      String promptId,
      int sample,
      long reasoningTokens,
      long answerTokens,
      String reason,
      String answer,
      String reasoning) {}
}
