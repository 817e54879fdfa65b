package io.reckon.jobs.infer;

import io.reckon.engine.api.EngineException;
import io.reckon.jobs.UserError;
import io.reckon.jobs.infer.Progress.Phase;
import io.reckon.jobs.infer.Progress.Update;
import io.reckon.jobs.source.PromptSource;
import io.reckon.jobs.source.Prompts;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.udfs.EngineFactory;
import io.reckon.udfs.EngineLease;
import io.reckon.udfs.ExecutorEngine;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers every prompt of a source and appends the answers to the tables.
 *
 * <p>First all that can be wrong is looked at: the output folder, the source, the model. Then an
 * {@link InferRun} does the work. No row passes through the driver.
 */
public final class InferJob {
  private static final Logger LOG = LoggerFactory.getLogger(InferJob.class);

  private final EngineFactory engines;

  /** Answers with Reckon's own engine. */
  public InferJob() {
    this(ExecutorEngine.local());
  }

  InferJob(EngineFactory engines) {
    this.engines = engines;
  }

  /**
   * Runs to the end.
   *
   * @throws UserError where an option, the source, the model or the output folder is at fault
   * @throws RunFailedException where the run broke on its way
   */
  public RunSummary run(SparkSession spark, InferOptions options, Progress progress) {
    Run run = Run.begin(options);
    progress.update(Update.begin(Phase.READING, 0));
    OutputFolder output = OutputFolder.at(spark, options.output());
    Prompts prompts = PromptSource.read(spark, options.prompts());
    requireModel(spark, options);
    output.prepare();
    return new InferRun(spark, run, prompts, output, progress).complete(engines);
  }

  /**
   * Where driver and executor are one JVM, a wrong model, and tokens that it does not have, are
   * told before anything is written.
   */
  private void requireModel(SparkSession spark, InferOptions options) {
    if (!spark.sparkContext().isLocal()) {
      return;
    }
    try (EngineLease lease = ExecutorEngine.lease(options.engine(), engines)) {
      options.sampling().requireTokensOf(lease.engine().model());
      LOG.debug("The engine {} is ready", lease.engine().model().name());
    } catch (EngineException e) {
      throw InferRun.isUsers(e) ? new UserError(e.getMessage(), e) : e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the engine loads", e);
    }
  }
}
