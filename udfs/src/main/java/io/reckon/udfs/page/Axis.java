package io.reckon.udfs.page;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * An axis of a plot, from 0.
 *
 * @param end the value at its other end; above 0
 * @param ticks the values that are named
 */
public record Axis(double end, List<Tick> ticks) {
  private static final double[] SECONDS = {
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400
  };

  /** A value and its name. */
  public record Tick(double value, String label) {}

  /** Ends at or above the largest value, at a whole number of steps. */
  public static Axis ofNumbers(double largest) {
    double step = roundStep(largest / 4);
    double end = step * Math.max(1, Math.ceil(largest / step));
    return new Axis(end, ticks(end, step, Figures::compact));
  }

  /** Ends exactly at a value. */
  public static Axis upTo(double end) {
    double step = roundStep(end / 5);
    return new Axis(end, ticks(end, step, Figures::compact));
  }

  /** From 0 to 1, told in per cent. */
  public static Axis ofShares() {
    return new Axis(1, ticks(1, 0.25, share -> Math.round(100 * share) + " %"));
  }

  /** Ends exactly at a time. */
  public static Axis ofSeconds(double end) {
    double step = roundSeconds(end / 6);
    return new Axis(end, ticks(end, step, Figures::roundDuration));
  }

  /** The smallest of 1, 2, 5, 10, 20 and so on that is not below. */
  public static long roundStep(double least) {
    long step = 1;
    while (step < least) {
      step = Long.toString(step).charAt(0) == '2' ? step / 2 * 5 : step * 2;
    }
    return step;
  }

  /** The smallest whole number of seconds that clocks are read by, and that is not below. */
  public static long roundSeconds(double least) {
    for (double step : SECONDS) {
      if (step >= least) {
        return (long) step;
      }
    }
    return 86_400 * (long) Math.ceil(least / 86_400);
  }

  /** Where a value lies, from 0 to 1. */
  double place(double value) {
    return Math.min(1, Math.max(0, value / end));
  }

  private static List<Tick> ticks(double end, double step, DoubleFunction<String> label) {
    List<Tick> ticks = new ArrayList<>();
    for (int i = 0; i * step <= end * (1 + 1e-9); i++) {
      ticks.add(new Tick(i * step, label.apply(i * step)));
    }
    return ticks;
  }
}
