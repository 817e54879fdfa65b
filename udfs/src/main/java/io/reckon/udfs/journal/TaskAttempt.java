package io.reckon.udfs.journal;

import java.io.Serializable;

/**
 * One try of one partition.
 *
 * @param id Spark's number of the attempt, never used twice in an application
 */
public record TaskAttempt(int partition, long id) implements Serializable {
  /** What the names of all its files begin with. */
  String prefix() {
    return "%s-a%010d".formatted(prefix(partition), id);
  }

  static String prefix(int partition) {
    return "p%06d".formatted(partition);
  }
}
