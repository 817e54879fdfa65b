package io.reckon.jobs.infer;

import io.reckon.jobs.tables.AnsweredPrompt;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a run came to.
 *
 * @param runId names it in the tables
 * @param output the folder of the tables
 * @param prompts rows of the source
 * @param asked answers that they and the options ask for, every sample counted
 * @param count rows and tokens of this run
 * @param generating how long generating took
 * @param elapsed how long all of it took
 * @param cost of the GPUs while it lasted; 0 where no price was given
 * @param accuracy where the source says what is right; else of no family
 * @param examples a few answers of this run, in no meaningful order
 * @param report where the page to read lies; empty where there is none
 */
public record RunSummary(
    String runId,
    String output,
    long prompts,
    long asked,
    RunCount count,
    Duration generating,
    Duration elapsed,
    double cost,
    Accuracy accuracy,
    List<AnsweredPrompt> examples,
    Optional<String> report) {

  /** Tokens written in a second of generating. */
  public double tokensPerSecond() {
    return count.tokensPerSecond(generating);
  }

  /**
   * Rows and tokens of a run, each row once.
   *
   * @param rows rows answered, those with an error included
   * @param copiedRows those of them that were generated for another prompt with the same request;
   *     their tokens do not count
   * @param errors rows with an error, by code
   * @param promptTokens tokens read
   * @param cachedTokens those of them that were not computed again
   * @param reasoningTokens tokens written up to the end of the reasoning
   * @param answerTokens tokens written after it
   */
  public record RunCount(
      long rows,
      long copiedRows,
      Map<String, Long> errors,
      long promptTokens,
      long cachedTokens,
      long reasoningTokens,
      long answerTokens) {
    static final RunCount NOTHING = new RunCount(0, 0, Map.of(), 0, 0, 0, 0);

    public long failedRows() {
      return errors.values().stream().mapToLong(Long::longValue).sum();
    }

    public long generatedTokens() {
      return reasoningTokens + answerTokens;
    }

    /** From 0 to 1; 0 where nothing was read. */
    public double cacheHitRate() {
      return promptTokens == 0 ? 0 : (double) cachedTokens / promptTokens;
    }

    double tokensPerSecond(Duration generating) {
      return generating.isZero() ? 0 : generatedTokens() * 1e9 / generating.toNanos();
    }
  }

  /**
   * How many answers are right, by family.
   *
   * @param families in the order of their names, up to a number that a person may read
   * @param moreFamilies how many there are beyond these
   * @param more those of them taken together, without a name
   */
  public record Accuracy(List<FamilyAccuracy> families, long moreFamilies, FamilyAccuracy more) {
    static final Accuracy NOTHING = of(List.of());

    static Accuracy of(List<FamilyAccuracy> families) {
      return new Accuracy(families, 0, new FamilyAccuracy("", 0, 0, 0, 0));
    }
  }

  /**
   * How many answers of a family are right. Texts are compared trimmed.
   *
   * @param family empty where the source names none
   * @param total prompts with an expected answer
   * @param right answers equal to it
   * @param traced right answers whose prompt also has an expected reasoning
   * @param rightTraces those of them whose trace equals it
   */
  public record FamilyAccuracy(
      String family, long total, long right, long traced, long rightTraces) {}
}
