package io.reckon.jobs.plan;

import static org.apache.spark.sql.functions.substring_index;

import org.apache.spark.sql.Column;

/**
 * Names the runs that ask the same of the same source, and go on from one another.
 *
 * @param request hash of what a prompt is asked, whatever it says: model, options, columns
 * @param source hash of that and of where the prompts are and which of them are done again
 */
public record RunScope(String request, String source) {
  private static final String SEPARATOR = "-";

  /**
   * Whether a run asks its prompts something else than this scope's runs.
   *
   * @param scope of a run, as {@link #toString} has it; null of one that goes on from none
   */
  Column asksOtherwise(Column scope) {
    return scope.contains(SEPARATOR).and(substring_index(scope, SEPARATOR, 1).notEqual(request));
  }

  /** As the table of runs has it. */
  @Override
  public String toString() {
    return request + SEPARATOR + source;
  }
}
