package io.reckon.jobs.cli;

import io.reckon.udfs.page.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Text and numbers as a person reads them. */
final class Texts {
  private Texts() {}

  /** Runs of white space, line ends among them, become one space. */
  static String oneLine(String text) {
    return harmless(text.strip().replaceAll("\\s+", " "));
  }

  /** Text from a model or a table may hold sequences that a terminal obeys. */
  private static String harmless(String text) {
    return text.replaceAll("[\\p{Cntrl}&&[^\n\r\t]]", "\ufffd");
  }

  /** At most {@code width} characters; what is cut off is shown as an ellipsis. */
  static String cut(String text, int width) {
    if (text.length() <= width) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(width - 2)) ? width - 2 : width - 1;
    return text.substring(0, end).stripTrailing() + "…";
  }

  /** Lines of at most {@code width} characters, broken at spaces where there are any. */
  static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    for (String paragraph : harmless(text.strip()).split("\\R", -1)) {
      String rest = paragraph;
      while (rest.length() > width) {
        int space = rest.lastIndexOf(' ', width);
        int end = space > 0 ? space : width;
        lines.add(rest.substring(0, end).stripTrailing());
        rest = rest.substring(end).stripLeading();
      }
      lines.add(rest);
    }
    return lines;
  }

  /** 1234567 as 1,234,567. */
  static String count(long number) {
    return Figures.count(number);
  }

  /** 3 of 4 as 75.0. */
  static String percent(long part, long whole) {
    return whole == 0 ? "-" : String.format(Locale.ROOT, "%.1f", 100.0 * part / whole);
  }

  /** Seconds as 42 s, 3 min 20 s or 2 h 5 min. */
  static String duration(double seconds) {
    return Figures.duration(seconds);
  }

  /** Bytes in MB, or in GB from 1 GB up. */
  static String bytes(long bytes) {
    double megabytes = bytes / 1e6;
    return megabytes < 1000
        ? String.format(Locale.ROOT, "%.0f MB", megabytes)
        : String.format(Locale.ROOT, "%.2f GB", megabytes / 1000);
  }
}
