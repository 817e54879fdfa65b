package io.reckon.jobs.plan;

import static org.apache.spark.sql.functions.lit;

import io.reckon.engine.api.ErrorCode;
import java.util.Arrays;
import java.util.Locale;
import org.apache.spark.sql.Column;

/** Which rows that have an outcome are done again. */
public enum Rerun {
  /** Those with an error that trying again may help. */
  TRANSIENT,
  /** Those with any error. */
  FAILED,
  /** All. */
  ALL,
  /** None, whatever their outcome. */
  NONE;

  /** Its name on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Whether an outcome is kept; never null.
   *
   * @param errorCode null where the row was answered
   */
  Column keeps(Column errorCode) {
    return switch (this) {
      case TRANSIENT -> errorCode.isNull().or(errorCode.isin(transientCodes()).unary_$bang());
      case FAILED -> errorCode.isNull();
      case ALL -> lit(false);
      case NONE -> lit(true);
    };
  }

  /** Whether an outcome with this error is kept. */
  public boolean keeps(String errorCode) {
    return switch (this) {
      case TRANSIENT -> Arrays.stream(transientCodes()).noneMatch(errorCode::equals);
      case FAILED, ALL -> false;
      case NONE -> true;
    };
  }

  private static Object[] transientCodes() {
    return Arrays.stream(ErrorCode.values())
        .filter(ErrorCode::isTransient)
        .map(ErrorCode::name)
        .toArray();
  }
}
