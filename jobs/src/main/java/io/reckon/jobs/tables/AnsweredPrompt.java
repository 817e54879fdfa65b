package io.reckon.jobs.tables;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.sql.Row;

/**
 * An answer with its trace, as a person reads it.
 *
 * @param prompt the conversation's last message; empty where the source is not at hand
 * @param reasoning empty where there is none
 * @param answer empty where there is none
 * @param errorCode empty where the row was answered
 * @param voteShare of a vote, the share of the samples that say so
 */
public record AnsweredPrompt(
    String promptId,
    String prompt,
    String reasoning,
    String answer,
    String finishReason,
    String errorCode,
    String errorMessage,
    int reasoningTokens,
    int answerTokens,
    OptionalDouble voteShare) {
  /** Whether the row has an answer and no error. */
  public boolean answered() {
    return errorCode.isEmpty();
  }

  /** From a row of {@link AnswerReader}, with or without a column {@code prompt}. */
  public static AnsweredPrompt of(Row row) {
    return new AnsweredPrompt(
        row.getAs("prompt_id"),
        hasPrompt(row) ? text(row, "prompt") : "",
        text(row, "reasoning"),
        text(row, "answer"),
        text(row, "finish_reason"),
        text(row, "error_code"),
        text(row, "error_message"),
        number(row, "reasoning_tokens"),
        number(row, "answer_tokens"),
        share(row));
  }

  private static OptionalDouble share(Row row) {
    int column = row.fieldIndex("vote_share");
    return row.isNullAt(column) ? OptionalDouble.empty() : OptionalDouble.of(row.getDouble(column));
  }

  private static boolean hasPrompt(Row row) {
    return List.of(row.schema().fieldNames()).contains("prompt");
  }

  private static String text(Row row, String column) {
    return Optional.ofNullable(row.<String>getAs(column)).orElse("");
  }

  private static int number(Row row, String column) {
    return Optional.ofNullable(row.<Integer>getAs(column)).orElse(0);
  }
}
