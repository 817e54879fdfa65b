package io.reckon.jobs.report;

import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.reckon.udfs.page.Axis;
import org.apache.spark.sql.Column;

/**
 * Intervals of equal width from 0 up, each with its lower end.
 *
 * @param width of each; a round number
 * @param end where the values end; within the last interval
 * @param open whether the last one also takes all that lies beyond it
 */
record Bins(long width, double end, boolean open) {
  private static final int MOST_LENGTHS = 32;
  private static final int MOST_TIMES = 80;

  /**
   * Over lengths in tokens. A few that are far longer than the others share the last interval.
   *
   * @param usual what all but a hundredth stay below
   */
  static Bins ofLengths(long usual, long longest) {
    boolean open = longest > 2 * usual + MOST_LENGTHS;
    double end = (open ? usual * 1.25 : longest) + 1;
    long width = Axis.roundStep(end / MOST_LENGTHS);
    return new Bins(width, width * Math.ceil(end / width) + (open ? width : 0), open);
  }

  /** Over a time. */
  static Bins ofSeconds(double end) {
    return new Bins(Axis.roundSeconds(end / MOST_TIMES), Math.max(end, 1), false);
  }

  int count() {
    return (int) Math.ceil(end / width);
  }

  double from(int bin) {
    return (double) width * bin;
  }

  double to(int bin) {
    return Math.min(end, (double) width * (bin + 1));
  }

  /** Whether an interval is the one that takes all beyond it. */
  boolean isOpen(int bin) {
    return open && bin == count() - 1;
  }

  /** The number of the interval that a value lies in; null for null. */
  Column of(Column value) {
    Column bin = floor(value.divide(lit(width)));
    Column within = least(greatest(bin, lit(0L)), lit((long) count() - 1));
    // The functions least and greatest pass over nulls.
    return when(value.isNotNull(), within);
  }
}
