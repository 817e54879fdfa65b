package io.reckon.jobs.infer;

import io.reckon.jobs.UserError;

/**
 * How many rows may fail before a run ends: a wrong template or a wrong column fails them all, and
 * is better told after a hundred than after a million.
 *
 * @param rows at most so many
 * @param share at most this share of the answers that the run is to give, from 0 to 1
 */
public record FailureLimit(long rows, double share) {
  /** As many as there are. */
  public static final FailureLimit NONE = new FailureLimit(Long.MAX_VALUE, 1);

  public FailureLimit {
    if (rows < 0 || !(share >= 0 && share <= 1)) {
      throw new UserError(
          "--max-failed-rows is %d or %s %%; give 0 or more rows, or 0%% to 100%%"
              .formatted(rows, share * 100));
    }
  }

  /**
   * @param text a number of rows, or a share such as {@code 5%}; empty for no limit
   */
  public static FailureLimit parse(String text) {
    try {
      if (text.isEmpty()) {
        return NONE;
      }
      return text.endsWith("%")
          ? new FailureLimit(
              Long.MAX_VALUE, Double.parseDouble(text.substring(0, text.length() - 1)) / 100)
          : new FailureLimit(Long.parseLong(text), 1);
    } catch (NumberFormatException e) {
      throw new UserError(
          "--max-failed-rows is '" + text + "'; give a number of rows, or a share such as 5%", e);
    }
  }

  /**
   * Most rows that may fail.
   *
   * @param open how many answers the run is to bring to an end
   */
  long of(long open) {
    return share == 1 ? rows : Math.min(rows, (long) Math.floor(share * open));
  }
}
