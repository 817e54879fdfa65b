package io.reckon.engine.api;

/** Stable names by which failures are counted; they stand in the {@code error.code} column. */
public enum ErrorCode {
  /** The rendered prompt does not fit the context: the model's, or the cache where that is less. */
  PROMPT_TOO_LONG,
  /** The prompt is null, or empty once rendered. */
  PROMPT_EMPTY,
  /** The row's request is malformed, or asks for what is not supported. */
  BAD_REQUEST,
  /** The chat template refused the messages. */
  TEMPLATE_REFUSED,
  /** Fewer tokens may be generated than the shortest answer under the constraint can take. */
  NO_ROOM_FOR_ANSWER,
  /** The model's scores for the request are not finite; the weights may be damaged. */
  SCORES_NOT_FINITE,
  /** The engine could not go on with this request, and with it alone. */
  REQUEST_FAILED,
  /**
   * The endpoint answered that the request itself is at fault, or what it answered is of no use.
   */
  ENDPOINT_REFUSED,
  /**
   * The endpoint lets nobody in with this key, the account has nothing left, or nothing is served
   * under the URL or the model's name.
   */
  ENDPOINT_DENIED,
  /** The endpoint could not be reached, was too busy or broke, as often as it was tried. */
  ENDPOINT_UNAVAILABLE,
  /** The caller cancelled the request. */
  CANCELLED,
  /** The engine was closed before the request ended. */
  ENGINE_CLOSED,
  /** The engine failed under the request; trying again may help. */
  ENGINE_FAILED,
  /** The request ended its engine twice, the second time alone; it is not tried again. */
  ENGINE_KILLED,
  /** An option has a value outside its range. */
  BAD_OPTION,
  /** A checkpoint is missing, malformed, or of a kind that is not supported. */
  BAD_CHECKPOINT;

  /** Whether the same request, tried again with the same model, may come out another way. */
  public boolean isTransient() {
    return switch (this) {
      case CANCELLED, ENGINE_CLOSED, ENGINE_FAILED, ENDPOINT_DENIED, ENDPOINT_UNAVAILABLE -> true;
      default -> false;
    };
  }

  /** Whether one request ends with it and the engine goes on; else it is the engine that ends. */
  public boolean isRequestsOwn() {
    return switch (this) {
      case PROMPT_TOO_LONG,
          PROMPT_EMPTY,
          BAD_REQUEST,
          TEMPLATE_REFUSED,
          NO_ROOM_FOR_ANSWER,
          SCORES_NOT_FINITE,
          REQUEST_FAILED,
          ENDPOINT_REFUSED,
          ENDPOINT_DENIED,
          ENDPOINT_UNAVAILABLE,
          BAD_OPTION ->
          true;
      case CANCELLED, ENGINE_CLOSED, ENGINE_FAILED, ENGINE_KILLED, BAD_CHECKPOINT -> false;
    };
  }

  /** Of an engine that does not start: whether what it was to start with is at fault. */
  public boolean isConfigurations() {
    return this == BAD_OPTION || this == BAD_CHECKPOINT;
  }
}
