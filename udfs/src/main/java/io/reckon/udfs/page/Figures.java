package io.reckon.udfs.page;

import java.util.Locale;

/** Numbers as a person reads them. */
public final class Figures {
  private Figures() {}

  /** 1234567 as 1,234,567. */
  public static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** 12345 as 12.3k, 4000000 as 4M; up to 9,999 in full. */
  public static String compact(double number) {
    if (number < 10_000) {
      return count(Math.round(number));
    }
    double scaled = number / 1e3;
    int unit = 0;
    while (scaled >= 999.95) {
      scaled /= 1e3;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f", scaled).replaceFirst("\\.0$", "")
        + "kMGTPE".charAt(unit);
  }

  /** A share from 0 to 1, 0.254 as 25.4 %. */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /** 1234.5 as 1,234.50; below 1 to four places. */
  public static String price(double amount) {
    return String.format(Locale.ROOT, amount < 1 ? "%.4f" : "%,.2f", amount);
  }

  /** Seconds as 42 s, 3 min 20 s or 2 h 5 min. */
  public static String duration(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    if (whole < 3600) {
      return whole / 60 + " min " + whole % 60 + " s";
    }
    return whole / 3600 + " h " + whole % 3600 / 60 + " min";
  }

  /** A duration of whole units without those that are 0: 5 min, 2 h. */
  public static String roundDuration(double seconds) {
    return duration(seconds).replaceFirst("(?<=[a-z]) 0 (s|min)$", "");
  }
}
