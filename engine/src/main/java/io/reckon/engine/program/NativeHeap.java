package io.reckon.engine.program;

import com.sun.jna.Function;
import java.util.Optional;

/** The heap of the process's C library, where that is glibc. */
final class NativeHeap {
  private static final String MMAP_THRESHOLD = "MALLOC_MMAP_THRESHOLD_";
  private static final String TRIM_THRESHOLD = "MALLOC_TRIM_THRESHOLD_";

  // The numbers that mallopt gives them.
  private static final int M_TRIM_THRESHOLD = -1;
  private static final int M_MMAP_THRESHOLD = -3;

  private static final int STAYING_BYTES = 1 << 20;

  /** What glibc itself comes to, where nobody says otherwise, once blocks that large are freed. */
  private static final int PASSING_BYTES = 32 << 20;

  private static final Optional<Function> MALLOPT = mallopt();

  private NativeHeap() {}

  /**
   * Does what allocates much that stays. Every large block is then mapped on its own: in the heap,
   * blocks that are freed leave holes between those that stay, and the process grows by them.
   */
  static void allocateToStay(Runnable work) {
    set(M_MMAP_THRESHOLD, STAYING_BYTES);
    try {
      work.run();
    } finally {
      // Any setting ends glibc's own tuning, of both.
      set(M_MMAP_THRESHOLD, given(MMAP_THRESHOLD).orElse(PASSING_BYTES));
      if (given(TRIM_THRESHOLD).isEmpty()) {
        set(M_TRIM_THRESHOLD, 2 * PASSING_BYTES);
      }
    }
  }

  private static Optional<Integer> given(String variable) {
    return Optional.ofNullable(System.getenv(variable))
        .filter(value -> value.matches("\\d{1,18}"))
        .map(value -> (int) Math.min(Integer.MAX_VALUE, Long.parseLong(value)));
  }

  private static void set(int parameter, int value) {
    MALLOPT.ifPresent(mallopt -> mallopt.invokeInt(new Object[] {parameter, value}));
  }

  private static Optional<Function> mallopt() {
    try {
      return Optional.of(Function.getFunction("c", "mallopt"));
    } catch (LinkageError e) {
      return Optional.empty(); // Another library, which has its own ways.
    }
  }
}
