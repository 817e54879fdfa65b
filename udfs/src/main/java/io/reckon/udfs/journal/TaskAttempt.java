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

  /** The prefix of the attempt whose file this is. */
  static String prefixOf(String file) {
    return file.substring(0, file.lastIndexOf('-'));
  }

  static String prefix(int partition) {
    return "p%06d".formatted(partition);
  }
}
