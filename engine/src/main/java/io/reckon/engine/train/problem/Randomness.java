package io.reckon.engine.train.problem;

import java.util.List;
import java.util.SplittableRandom;

/** A stream of choices that a seed determines. Not thread-safe. */
final class Randomness {
  private final SplittableRandom random;

  Randomness(long seed) {
    random = new SplittableRandom(mixed(seed));
  }

  /**
   * The finalizer of MurmurHash3. A SplittableRandom walks its seed by a fixed stride, so that
   * seeds a few strides apart would share their streams.
   */
  private static long mixed(long seed) {
    long mixed = (seed ^ (seed >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }

  /** An integer from {@code low} to {@code high}, both included. */
  int between(int low, int high) {
    return random.nextInt(low, high + 1);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  @SafeVarargs
  final <T> T pick(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /**
   * A number of exactly {@code digits} digits (one digit includes 0). Some are rich in zeros, some
   * in nines, so that carries and borrows run far.
   */
  long number(int digits) {
    int style = between(0, 9);
    long number = 0;
    for (int i = 0; i < digits; i++) {
      int digit = between(0, 9);
      if (style == 0 && chance(0.6)) {
        digit = 0;
      } else if (style == 1 && chance(0.6)) {
        digit = 9;
      }
      if (i == 0 && digit == 0 && digits > 1) {
        digit = between(1, 9);
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
