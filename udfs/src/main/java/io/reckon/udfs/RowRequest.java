package io.reckon.udfs;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.Message;
import io.reckon.udfs.journal.RowKey;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;

/**
 * A row as the engine is to see it.
 *
 * @param messages none where the row is at fault
 * @param options what it asks for in a way of its own
 * @param fault why it cannot be answered; empty where it can
 */
record RowRequest(
    RowKey key, List<Message> messages, RowOptions options, Optional<EngineException> fault) {
  /** From a row of {@link PromptRow#SAMPLES}. */
  static RowRequest of(Row row) {
    RowKey key = new RowKey(PromptRow.id(row), PromptRow.requestKey(row), PromptRow.sample(row));
    RowOptions options = PromptRow.options(row);
    try {
      options.requireNotRefused();
      return new RowRequest(key, PromptRow.messages(row), options, Optional.empty());
    } catch (EngineException e) {
      return new RowRequest(key, List.of(), options, Optional.of(e));
    }
  }

  /** The same row, given up. */
  RowRequest failedBy(EngineException reason) {
    return new RowRequest(key, messages, options, Optional.of(reason));
  }
}
