package io.reckon.jobs.source;

import io.reckon.jobs.UserError;

/**
 * Which prompts to read, and how.
 *
 * @param path a file, a folder or a pattern, on any file system that Spark reads
 * @param format {@code auto}, or a name of {@link SourceFormat}
 * @param promptColumn the column that holds the prompt, or the conversation; empty to have it found
 * @param idColumn the column that names the row; empty to have it found, or made
 * @param system a system prompt for rows that bring none; empty for none
 * @param limit only the first so many rows; 0 for all
 */
public record PromptOptions(
    String path, String format, String promptColumn, String idColumn, String system, long limit) {
  public static final String AUTO = "auto";

  public PromptOptions {
    if (path.isBlank()) {
      throw new UserError("--prompts is empty; give a file or a folder");
    }
    if (!format.equals(AUTO)) {
      SourceFormat.named(format);
    }
    if (limit < 0 || limit > Integer.MAX_VALUE) {
      throw new UserError(
          "--limit is " + limit + "; give a number from 1 to 2147483647, or 0 for all rows");
    }
  }

  /** All rows of a path, everything else found out. */
  public static PromptOptions of(String path) {
    return new PromptOptions(path, AUTO, "", "", "", 0);
  }

  public PromptOptions withFormat(String name) {
    return new PromptOptions(path, name, promptColumn, idColumn, system, limit);
  }

  public PromptOptions withPromptColumn(String column) {
    return new PromptOptions(path, format, column, idColumn, system, limit);
  }

  public PromptOptions withIdColumn(String column) {
    return new PromptOptions(path, format, promptColumn, column, system, limit);
  }

  public PromptOptions withSystem(String text) {
    return new PromptOptions(path, format, promptColumn, idColumn, text, limit);
  }

  public PromptOptions withLimit(long rows) {
    return new PromptOptions(path, format, promptColumn, idColumn, system, rows);
  }
}
