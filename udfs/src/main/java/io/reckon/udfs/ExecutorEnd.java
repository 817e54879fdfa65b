package io.reckon.udfs;

import io.reckon.engine.common.Threads;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkEnv;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends an executor whose engine is lost, so that Spark starts another in its place. A native
 * library that has failed can't be trusted to load again in the same process.
 */
final class ExecutorEnd {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutorEnd.class);

  /** What the executor's process ends with. */
  static final int EXIT_CODE = 75;

  private static final long LAST_WORDS_SECONDS = 30;

  private ExecutorEnd() {}

  /** Whether this JVM is an executor's own; ending it then ends no driver. */
  static boolean isOurs() {
    SparkEnv env = SparkEnv.get();
    return env != null && !env.executorId().equals("driver");
  }

  /**
   * On a cluster: lets every task write down what it has made and what it had in flight, and ends
   * the process. Where driver and executor are one process this returns, and the tasks fail with
   * the reason.
   */
  static void becauseOfItsEngine(String reason) {
    if (!isOurs()) {
      return;
    }
    LOG.error("This executor ends, and Spark starts another: {}", reason);
    Thread lastWords = Threads.daemons("reckon-last-words").newThread(PartitionTask::abandonAll);
    lastWords.start();
    try {
      lastWords.join(TimeUnit.SECONDS.toMillis(LAST_WORDS_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }
}
