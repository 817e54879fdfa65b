package io.reckon.jobs.infer;

/** A run that broke for no fault of its options. The message is one line and says what is kept. */
public final class RunFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RunFailedException(String message) {
    super(message);
  }

  RunFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
