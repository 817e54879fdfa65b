package io.reckon.jobs.batch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Predicate;

/** Looks at the values of a request's members. */
final class BatchValues {
  private static final int LONGEST_SHOWN = 200;

  private BatchValues() {}

  static boolean isInteger(JsonNode value) {
    return value.isIntegralNumber() && value.canConvertToInt();
  }

  static boolean isListOf(JsonNode list, Predicate<JsonNode> item) {
    if (!list.isArray()) {
      return false;
    }
    for (JsonNode value : list) {
      if (!item.test(value)) {
        return false;
      }
    }
    return true;
  }

  /**
   * @param name of a member of the body
   */
  static void require(boolean holds, String name, JsonNode value) throws RefusedRequestException {
    if (!holds) {
      String shown = value.toString();
      throw new RefusedRequestException(
          "body.%s is %s, which is of the wrong kind or not supported; correct it, or leave it out"
              .formatted(name, shown.length() > LONGEST_SHOWN ? "too long to show" : shown));
    }
  }

  static RefusedRequestException unknown(String name) {
    return new RefusedRequestException("body.%s is not supported; leave it out".formatted(name));
  }
}
