package io.reckon.jobs.infer;

import io.reckon.engine.api.EngineException;
import io.reckon.jobs.UserError;

/** A run that broke for no fault of its options. The message is one line and says what is kept. */
public final class RunFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What to say where anything was generated. */
  static final String KEPT = "what was done is kept, and the same command goes on from there";

  private RunFailedException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * What to throw for what broke a run: a {@link UserError} where the model or an option is at
   * fault.
   *
   * @param kept what became of what was done
   */
  static RuntimeException of(Exception thrown, String runId, String kept) {
    Throwable cause = thrown;
    while (cause.getCause() != null && !(cause instanceof EngineException)) {
      cause = cause.getCause();
    }
    if (cause instanceof EngineException e && e.code().isConfigurations()) {
      return new UserError(e.getMessage(), thrown);
    }
    String reason = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return new RunFailedException(
        "run %s failed: %s (%s); %s"
            .formatted(runId, reason, cause.getClass().getSimpleName(), kept),
        thrown);
  }

  /** What to throw for a failure after rows were written: no input is at fault for all of it. */
  static RunFailedException afterRows(RuntimeException failure, String runId) {
    return failure instanceof RunFailedException known
        ? known
        : new RunFailedException(
            "run %s failed: %s; %s".formatted(runId, failure.getMessage(), KEPT), failure);
  }

  /** More rows failed than may. */
  static RunFailedException tooManyRows(String runId, long failedRows, long limit, String kept) {
    return new RunFailedException(
        "run %s: %d rows failed, and --max-failed-rows allows %d; the column error of the answers says why; %s"
            .formatted(runId, failedRows, limit, kept),
        null);
  }
}
