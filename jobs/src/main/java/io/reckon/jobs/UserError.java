package io.reckon.jobs;

/**
 * The input is at fault: an option, a path, a column. The message is one line that says what is
 * wrong, with the value, and what to do.
 */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UserError(String message) {
    super(message);
  }

  public UserError(String message, Throwable cause) {
    super(message, cause);
  }
}
