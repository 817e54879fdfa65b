package io.reckon.udfs;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.ModelDescription;
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
  private final ModelDescription planned;
  private final SamplingParameters sampling;
  private final int window;
  private final RunJournal journal;

  /**
   * @param planned the model by which the rows' requests were named
   * @param window most rows in flight for one task
   */
  public GeneratePartition(
      EngineSettings settings,
      EngineFactory factory,
      ModelDescription planned,
      SamplingParameters sampling,
      int window,
      RunJournal journal) {
    this.settings = settings;
    this.factory = factory;
    this.planned = planned;
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
        lease(),
        sampling,
        window,
        history,
        journal,
        new TaskAttempt(task.partitionId(), task.taskAttemptId()),
        task::isInterrupted);
  }

  private EngineLease lease() throws InterruptedException {
    EngineLease lease = ExecutorEngine.lease(settings, factory);
    try {
      requirePlanned(lease.engine().model());
      return lease;
    } catch (EngineException e) {
      lease.close();
      throw e;
    }
  }

  /** Answers of another model would stand under this one's request keys. */
  private void requirePlanned(ModelDescription model) {
    String executor = SparkEnv.get().executorId();
    if (!model.fingerprint().equals(planned.fingerprint())) {
      throw new EngineException(
          ErrorCode.BAD_CHECKPOINT,
          "executor %s has a model '%s' of fingerprint %s, and the run was planned with one of fingerprint %s; give every executor the same files, or name the model by its address in a Hadoop file system"
              .formatted(executor, model.name(), model.fingerprint(), planned.fingerprint()));
    }
    if (!model.mode().equals(planned.mode())) {
      throw new EngineException(
          ErrorCode.BAD_OPTION,
          "executor %s runs the model in mode %s on %s, and the run was planned with mode %s on %s; give a mode that every executor has by its name, or executors of one kind"
              .formatted(executor, model.mode(), model.device(), planned.mode(), planned.device()));
    }
  }

  /** Whether Spark runs slow tasks a second time while they go on. */
  private static boolean hasCopies() {
    return SparkEnv.get().conf().getBoolean("spark.speculation", false);
  }

  private static boolean isRetry(TaskContext task) {
    return task.attemptNumber() > 0 || task.stageAttemptNumber() > 0;
  }
}
