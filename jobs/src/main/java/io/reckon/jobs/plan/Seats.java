package io.reckon.jobs.plan;

import java.util.Arrays;
import org.apache.spark.unsafe.hash.Murmur3_x86_32;

/**
 * Sends a row to the very partition that it is meant for. Spark places a row of {@code
 * repartition(n, column)} by a hash of the column; so each partition gets a number whose hash is
 * its own. (A range partitioner would sample, and draw its bounds anew for every query.)
 */
final class Seats {
  /** Spark's, of the hash that places rows. */
  private static final int SEED = 42;

  private static final int FREE = -1;

  private Seats() {}

  /** For each partition a number that {@code repartition(partitions, ...)} sends there. */
  static int[] of(int partitions) {
    int[] seats = new int[partitions];
    Arrays.fill(seats, FREE);
    int left = partitions;
    for (int number = 0; left > 0; number++) {
      int partition = Math.floorMod(Murmur3_x86_32.hashInt(number, SEED), partitions);
      if (seats[partition] == FREE) {
        seats[partition] = number;
        left--;
      }
    }
    return seats;
  }
}
