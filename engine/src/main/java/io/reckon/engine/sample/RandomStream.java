package io.reckon.engine.sample;

/**
 * A counter-based random stream: a draw depends on its seed and position alone, not on earlier
 * draws.
 */
final class RandomStream {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1p-53;

  private RandomStream() {}

  /** A number in [0, 1). */
  static double uniform(long seed, long position) {
    return (mix(mix(seed + GOLDEN) + position * GOLDEN) >>> 11) * UNIT;
  }

  /** The finaliser of SplitMix64. */
  private static long mix(long state) {
    long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
