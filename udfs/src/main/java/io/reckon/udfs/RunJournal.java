package io.reckon.udfs;

import io.reckon.udfs.journal.JournalFolder;
import io.reckon.udfs.journal.JournalPace;
import java.io.Serializable;
import java.util.Map;
import java.util.Optional;

/**
 * Where the tasks of a run write what they make.
 *
 * @param sourceVersion the version of the run's source, where it has versions; else null
 */
public record RunJournal(JournalFolder folder, Long sourceVersion, JournalPace pace)
    implements Serializable {
  /** What each file says of its rows; {@link ReadGenerations} reads it. */
  Map<String, String> metadata() {
    Map<String, String> run = Map.of(ReadGenerations.RUN_ID, folder.runId());
    return Optional.ofNullable(sourceVersion)
        .map(
            version ->
                Map.of(
                    ReadGenerations.RUN_ID,
                    folder.runId(),
                    ReadGenerations.SOURCE_VERSION,
                    Long.toString(version)))
        .orElse(run);
  }
}
