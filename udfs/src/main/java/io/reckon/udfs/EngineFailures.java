package io.reckon.udfs;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.apache.spark.TaskKilledException;

/** What a request failed with, whose fault it is, and what follows where it is the engine's. */
final class EngineFailures {
  private EngineFailures() {}

  /** What a request's future failed with. */
  static Throwable cause(Throwable thrown) {
    return thrown instanceof CompletionException ? thrown.getCause() : thrown;
  }

  /** Whether a failure is a row's own, and not the engine's. */
  static boolean isRowsOwn(Throwable cause) {
    return cause instanceof EngineException failure && failure.code().isRequestsOwn();
  }

  /** A failure that is no row's own, as who runs the task is to hear of it. */
  static EngineException told(Throwable failure) {
    return failure instanceof EngineException declared
        ? declared
        : new EngineException(
            ErrorCode.ENGINE_FAILED,
            "the engine failed in a way it does not declare: " + failure,
            failure);
  }

  /**
   * @param killed whether Spark wants the task to end
   * @throws TaskKilledException where it does
   */
  static void requireWanted(BooleanSupplier killed) {
    if (killed.getAsBoolean()) {
      throw new TaskKilledException("killed while generating");
    }
  }

  /**
   * Where the engine is lost: on a cluster the executor ends with it, else the next task loads
   * another. Does nothing where it goes on.
   *
   * @param lastWords what the task has to say of a failed engine before another is loaded
   */
  static void endEngine(EngineLease lease, EngineException reason, Runnable lastWords) {
    if (reason.code() == ErrorCode.ENGINE_FAILED) {
      ExecutorEnd.becauseOfItsEngine(reason.getMessage());
      lastWords.run();
    }
    if (reason.code() == ErrorCode.ENGINE_FAILED || reason.code() == ErrorCode.ENGINE_CLOSED) {
      lease.engineFailed();
    }
  }
}
