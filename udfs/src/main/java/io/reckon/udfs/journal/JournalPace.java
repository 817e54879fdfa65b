package io.reckon.udfs.journal;

import java.io.Serializable;
import java.time.Duration;

/**
 * When a task closes a journal file: what is younger than this is lost with its executor.
 *
 * @param rows most rows of a file
 * @param delay longest that a finished row waits for the others
 */
public record JournalPace(int rows, Duration delay) implements Serializable {
  public static final JournalPace DEFAULT = new JournalPace(500, Duration.ofSeconds(15));
}
