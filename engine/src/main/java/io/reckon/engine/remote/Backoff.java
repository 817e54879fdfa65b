package io.reckon.engine.remote;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before a request is sent again. */
final class Backoff {
  private static final long FIRST_MILLIS = 500;
  private static final int MOST_DOUBLINGS = 7;

  /** The longest of the delays. */
  static final Duration LONGEST_DELAY = Duration.ofMillis(FIRST_MILLIS << MOST_DOUBLINGS);

  /** No longer pause is taken from a server. */
  static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  private Backoff() {}

  /**
   * Doubles from half a second to about a minute, and takes a random part of it off, so that
   * requests that failed together do not come back together.
   *
   * @param attempt 0 after the first
   */
  static Duration delay(int attempt) {
    long millis = FIRST_MILLIS << Math.min(attempt, MOST_DOUBLINGS);
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(millis / 2, millis + 1));
  }

  /** What a {@code Retry-After} header asks for: seconds, or a date; empty where it is neither. */
  static Optional<Duration> retryAfter(String header, Instant now) {
    Duration wait;
    try {
      wait =
          header.strip().matches("\\d{1,9}(\\.\\d{1,9})?")
              ? Duration.ofMillis((long) (1000 * Double.parseDouble(header.strip())))
              : Duration.between(
                  now,
                  ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                      .toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
    return Optional.of(wait.isNegative() ? Duration.ZERO : min(wait));
  }

  private static Duration min(Duration wait) {
    return wait.compareTo(LONGEST_PAUSE) < 0 ? wait : LONGEST_PAUSE;
  }
}
