package io.reckon.udfs;

import io.reckon.engine.api.SamplingParameters;
import java.util.Collections;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Answers the prompts of a partition: {@link PromptRow}s in, a {@link GenerationRow} out for each
 * of their samples, in the order in which they finish.
 *
 * <p>Rows are read as room opens and written as they finish, so memory holds {@code window} rows
 * whatever the partition's size. A row at fault becomes a row with an error; an engine at fault
 * fails the task, and Spark tries again with a new engine.
 */
public final class GeneratePartition implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  private final EngineSettings settings;
  private final EngineFactory factory;
  private final SamplingParameters sampling;
  private final int samples;
  private final int window;

  /**
   * @param samples how often each prompt is answered
   * @param window most rows in flight for one task
   */
  public GeneratePartition(
      EngineSettings settings,
      EngineFactory factory,
      SamplingParameters sampling,
      int samples,
      int window) {
    this.settings = settings;
    this.factory = factory;
    this.sampling = sampling;
    this.samples = samples;
    this.window = window;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) throws InterruptedException {
    if (!rows.hasNext()) {
      return Collections.emptyIterator();
    }
    TaskContext task = TaskContext.get();
    EngineLease lease = ExecutorEngine.lease(settings, factory);
    RowsInFlight inFlight =
        new RowsInFlight(rows, lease, sampling, samples, window, task::isInterrupted);
    TaskCompletionListener cancel = ended -> inFlight.close();
    task.addTaskCompletionListener(cancel);
    return inFlight;
  }
}
