package io.reckon.jobs.commit;

import java.util.List;

/**
 * What one commit brings to the tables. It is written before the appends and never changed, and the
 * files it names are never changed, so that it can be done again and gives the same rows.
 *
 * @param version counts up by one; Delta knows an append by it
 * @param copies where a generation of these files may stand a second time
 * @param files journal files whose rows are appended, as {@code RUN/FILE}
 * @param known journal files of the same partitions whose rows were appended before
 */
record Manifest(long version, Copies copies, List<String> files, List<String> known) {
  /** Where the rows of a manifest may stand a second time. */
  enum Copies {
    /** Nowhere: each partition was tried once. */
    NONE,
    /** In another of the files, or in a known one: a partition was tried more than once. */
    AMONG_FILES,
    /** In the answers too: the files are of runs that have died, nobody knows how far they came. */
    IN_ANSWERS
  }
}
