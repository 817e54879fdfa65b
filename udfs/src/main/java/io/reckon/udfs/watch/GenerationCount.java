package io.reckon.udfs.watch;

import java.io.Serializable;

/**
 * Rows and tokens made. Work that a lost executor had done counts too, so a run's own figures come
 * from its tables and these serve to watch it.
 *
 * @param rows rows that ended, with an answer or an error
 * @param failedRows those of them with an error
 * @param promptTokens prompt tokens of the answered rows
 * @param cachedTokens those of them taken from the cache
 * @param generatedTokens tokens of reasoning and answers
 */
public record GenerationCount(
    long rows, long failedRows, long promptTokens, long cachedTokens, long generatedTokens)
    implements Serializable {
  public static final GenerationCount ZERO = new GenerationCount(0, 0, 0, 0, 0);

  /** Share of the prompt tokens that came from the cache, from 0 to 1; 0 where none were read. */
  public double cacheHitRate() {
    return promptTokens == 0 ? 0 : (double) cachedTokens / promptTokens;
  }

  public GenerationCount plus(GenerationCount other) {
    return new GenerationCount(
        rows + other.rows,
        failedRows + other.failedRows,
        promptTokens + other.promptTokens,
        cachedTokens + other.cachedTokens,
        generatedTokens + other.generatedTokens);
  }

  public GenerationCount minus(GenerationCount earlier) {
    return new GenerationCount(
        rows - earlier.rows,
        failedRows - earlier.failedRows,
        promptTokens - earlier.promptTokens,
        cachedTokens - earlier.cachedTokens,
        generatedTokens - earlier.generatedTokens);
  }
}
