package io.reckon.engine.constraint;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Formats of JSON strings, as regular expressions for a part of what each allows. */
final class StringFormats {
  /** Real days of the years 1000 to 2999. */
  private static final String DATE =
      "("
          + "[12]\\d{3}-((0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])"
          + "|(0[469]|11)-(0[1-9]|[12]\\d|30)"
          + "|02-(0[1-9]|1\\d|2[0-8]))"
          + "|([12]\\d(0[48]|[2468][048]|[13579][26])|(12|16|20|24|28)00)-02-29"
          + ")";

  private static final String CLOCK = "([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?";

  /** Not -00:00, which RFC 3339 gives a meaning of its own. */
  private static final String ZONE = "(Z|[+-](0[1-9]|1[0-3]):[0-5]\\d|\\+00:00)";

  private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?";
  private static final String BYTE = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

  private static final Map<String, String> PATTERNS =
      new TreeMap<>(
          Map.of(
              "date", DATE,
              "time", CLOCK + "Z",
              "date-time", DATE + "T" + CLOCK + ZONE,
              "uuid", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
              "email",
                  "[A-Za-z0-9_+-]{1,30}(\\.[A-Za-z0-9_+-]{1,16}){0,2}@"
                      + LABEL
                      + "(\\."
                      + LABEL
                      + "){0,2}\\.[A-Za-z]{2,24}",
              "hostname", LABEL + "(\\." + LABEL + "){0,3}\\.[A-Za-z]{2,24}",
              "ipv4", BYTE + "(\\." + BYTE + "){3}"));

  private StringFormats() {}

  static Optional<String> pattern(String format) {
    return Optional.ofNullable(PATTERNS.get(format));
  }

  static String names() {
    return String.join(", ", PATTERNS.keySet());
  }
}
