package io.reckon.engine.text;

import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/**
 * What one rendering may use: time of its thread, and memory that it asks for in all, whether or
 * not it is collected again. A template that goes beyond is stopped between two of its nodes.
 */
final class TemplateBudget {
  /** Longest text that a template may make, in characters. */
  static final int LONGEST_TEXT = 64 << 20;

  /** A conversation of 2,000 turns takes some 20 ms and 20 MB. */
  private static final long NANOS = 2_000_000_000L;

  private static final long BYTES = 64L << 20;
  private static final long BYTES_PER_CHARACTER = 256;
  private static final int CHECKS_PER_LOOK = 16;

  private static final java.lang.management.ThreadMXBean THREADS =
      ManagementFactory.getThreadMXBean();

  /** Holds a value while this thread renders. */
  private static final ThreadLocal<TemplateBudget> CURRENT = new ThreadLocal<>();

  private final long longestText;
  private final long lastNanos;
  private final long allowedBytes;
  private final long firstBytes;
  private int checks;

  /** Why the rendering ends; kept, since a macro's caller may swallow an error and go on. */
  private Exceeded exceeded;

  private TemplateBudget(long characters) {
    this.longestText = Math.min(LONGEST_TEXT, (1 << 20) + 8 * characters);
    this.lastNanos = nanos() + NANOS;
    this.allowedBytes = BYTES + BYTES_PER_CHARACTER * characters;
    this.firstBytes = bytes();
  }

  /** Not an exception: the template library would catch it and go on. */
  static final class Exceeded extends Error {
    private static final long serialVersionUID = 1L;

    Exceeded(String limit) {
      super("it was stopped after " + limit, null, false, false);
    }
  }

  /**
   * Runs a rendering.
   *
   * @param characters of the messages, and some for each
   * @throws Exceeded where it uses too much
   */
  static <T> T within(long characters, Supplier<T> rendering) {
    TemplateBudget budget = new TemplateBudget(characters);
    CURRENT.set(budget);
    try {
      T rendered = rendering.get();
      budget.refuseIfExceeded();
      return rendered;
    } finally {
      CURRENT.remove();
    }
  }

  /** Stops a rendering that has used too much; does nothing where none is going on. */
  static void check() {
    TemplateBudget budget = CURRENT.get();
    if (budget != null) {
      budget.refuseIfExceeded();
      if (budget.checks++ % CHECKS_PER_LOOK == 0) {
        budget.look();
      }
    }
  }

  /** Stops a rendering that is about to make too long a text. */
  static void requireLength(long characters) {
    TemplateBudget budget = CURRENT.get();
    if (budget != null && characters > budget.longestText) {
      budget.stop("a text of more than " + budget.longestText + " characters");
    }
  }

  private void look() {
    if (nanos() > lastNanos) {
      stop(NANOS / 1_000_000_000 + " s of computing");
    }
    if (bytes() - firstBytes > allowedBytes) {
      stop("asking for more than " + (allowedBytes >> 20) + " MB of memory");
    }
  }

  private void stop(String limit) {
    exceeded = new Exceeded(limit);
    throw exceeded;
  }

  private void refuseIfExceeded() {
    if (exceeded != null) {
      throw exceeded;
    }
  }

  private static long nanos() {
    return THREADS.isCurrentThreadCpuTimeSupported()
        ? THREADS.getCurrentThreadCpuTime()
        : System.nanoTime();
  }

  /** 0 on a Java that does not count. */
  private static long bytes() {
    return THREADS instanceof com.sun.management.ThreadMXBean counting
        ? Math.max(0, counting.getCurrentThreadAllocatedBytes())
        : 0;
  }
}
