package io.reckon.jobs.commit;

import io.reckon.udfs.GenerationRow;
import io.reckon.udfs.journal.JournalPace;
import io.reckon.udfs.journal.JournalWriter;
import io.reckon.udfs.journal.TaskAttempt;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Answers in a run's journal, as a task leaves them there. */
final class JournaledAnswers {
  private JournaledAnswers() {}

  /** The first letter of each answer is its prompt's id. */
  static void write(StateFolder state, String run, int partition, long attempt, String... answers)
      throws Exception {
    JournalWriter journal =
        new JournalWriter(
            state.journal(run),
            new TaskAttempt(partition, attempt),
            GenerationRow.SCHEMA,
            Map.of("run_id", run),
            JournalPace.DEFAULT);
    for (String answer : answers) {
      journal.add(row(answer));
    }
    var unused = journal.finish();
  }

  private static Row row(String answer) {
    Object[] values = new Object[GenerationRow.SCHEMA.length()];
    Map<String, Object> given =
        Map.of(
            "prompt_id",
            answer.substring(0, 1),
            "sample",
            0,
            "request_key",
            "key",
            "answer",
            answer,
            "finish_reason",
            "stop",
            "model",
            "m",
            "model_fingerprint",
            "f",
            "generated_at_micros",
            1L);
    given.forEach((name, value) -> values[GenerationRow.SCHEMA.fieldIndex(name)] = value);
    return RowFactory.create(values);
  }
}
