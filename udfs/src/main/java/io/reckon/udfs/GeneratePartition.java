package io.reckon.udfs;

import io.reckon.engine.api.SamplingParameters;
import io.reckon.udfs.journal.PartitionHistory;
import io.reckon.udfs.journal.Receipt;
import io.reckon.udfs.journal.TaskAttempt;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Answers the prompts of a partition: {@link PromptRow}s in; what comes of them goes to the
 * journal, and out come the receipts of the files that hold it.
 *
 * <p>A row at fault becomes a row with an error. An engine at fault ends the executor, or fails the
 * task where there is none of its own; the next attempt reads what this one has journaled and makes
 * only the rest.
 */
public final class GeneratePartition implements Serializable {
  private static final long serialVersionUID = 1L;

  private final EngineSettings settings;
  private final EngineFactory factory;
  private final SamplingParameters sampling;
  private final int window;
  private final RunJournal journal;

  /**
   * @param window most rows in flight for one task
   */
  public GeneratePartition(
      EngineSettings settings,
      EngineFactory factory,
      SamplingParameters sampling,
      int window,
      RunJournal journal) {
    this.settings = settings;
    this.factory = factory;
    this.sampling = sampling;
    this.window = window;
    this.journal = journal;
  }

  /** Journals what the tasks of this JVM have finished; returns once it is in closed files. */
  public static void flushAll() {
    PartitionTask.flushAll();
  }

  /** Returns once every row has ended and stands in a closed file. */
  public List<Receipt> call(TaskContext task, Iterator<Row> rows)
      throws IOException, InterruptedException {
    if (!rows.hasNext()) {
      return List.of();
    }
    PartitionTask partition = begin(task);
    TaskCompletionListener close = ended -> partition.close();
    task.addTaskCompletionListener(close);
    return partition.complete(rows);
  }

  private PartitionTask begin(TaskContext task) throws IOException, InterruptedException {
    PartitionHistory history =
        isRetry(task)
            ? PartitionHistory.read(journal.folder(), task.partitionId(), hasCopies())
            : PartitionHistory.NONE;
    return new PartitionTask(
        ExecutorEngine.lease(settings, factory),
        sampling,
        window,
        history,
        journal,
        new TaskAttempt(task.partitionId(), task.taskAttemptId()),
        task::isInterrupted);
  }

  /** Whether Spark runs slow tasks a second time while they go on. */
  private static boolean hasCopies() {
    return SparkEnv.get().conf().getBoolean("spark.speculation", false);
  }

  private static boolean isRetry(TaskContext task) {
    return task.attemptNumber() > 0 || task.stageAttemptNumber() > 0;
  }
}
