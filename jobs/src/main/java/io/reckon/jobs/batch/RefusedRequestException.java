package io.reckon.jobs.batch;

/** A request of a batch file that can't be done, in words for its author. */
final class RefusedRequestException extends Exception {
  private static final long serialVersionUID = 1L;

  RefusedRequestException(String message) {
    super(message);
  }
}
