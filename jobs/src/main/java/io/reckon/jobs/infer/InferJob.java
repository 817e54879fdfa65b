package io.reckon.jobs.infer;

import io.reckon.engine.api.ModelDescription;
import io.reckon.jobs.UserError;
import io.reckon.jobs.batch.BatchResults;
import io.reckon.jobs.commit.RunLock;
import io.reckon.jobs.commit.StateFolder;
import io.reckon.jobs.infer.Progress.Phase;
import io.reckon.jobs.infer.Progress.Update;
import io.reckon.jobs.plan.PlanFigures;
import io.reckon.jobs.source.PromptOptions;
import io.reckon.jobs.source.PromptSource;
import io.reckon.jobs.source.Prompts;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.udfs.DescribeModel;
import io.reckon.udfs.EngineFactory;
import io.reckon.udfs.ExecutorEngine;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BiFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Answers every prompt of a source and appends the answers to the tables.
 *
 * <p>First all that can be wrong is looked at: the output folder, the source, the model. Then what
 * runs that died have left is brought to the tables, and an {@link InferRun} does the rest. No row
 * passes through the driver.
 */
public final class InferJob {
  private final EngineFactory engines;
  private final BiFunction<SparkSession, PromptOptions, Prompts> source;

  /** Answers with Reckon's own engine. */
  public InferJob() {
    this(ExecutorEngine.local());
  }

  InferJob(EngineFactory engines) {
    this(engines, PromptSource::read);
  }

  private InferJob(EngineFactory engines, BiFunction<SparkSession, PromptOptions, Prompts> source) {
    this.engines = engines;
    this.source = source;
  }

  /**
   * Answers rows that the caller has, where another job would read those at a path.
   *
   * @param prompts the same rows at every reading
   */
  public static InferJob over(Dataset<Row> prompts) {
    return new InferJob(
        ExecutorEngine.local(), (spark, options) -> PromptSource.of(prompts, options));
  }

  /**
   * Runs to the end.
   *
   * @throws UserError where an option, the source, the model or the output folder is at fault
   * @throws RunFailedException where the run broke on its way
   */
  public RunSummary run(SparkSession spark, InferOptions options, Progress progress) {
    try (GpuHours gpus = GpuHours.start(spark.sparkContext())) {
      return run(spark, options, gpus, progress);
    }
  }

  private RunSummary run(
      SparkSession spark, InferOptions options, GpuHours gpus, Progress progress) {
    Run run = Run.begin(options);
    progress.update(Update.begin(Phase.READING, 0));
    OutputFolder output = output(spark, options);
    StateFolder state = new StateFolder(output, spark.sparkContext().hadoopConfiguration());
    Reading reading = read(spark, run, output, state);
    try (RunLock lock = RunLock.take(state, run.id())) {
      boolean overtaken = reading.since().filter(SinceLastRun::isOvertaken).isPresent();
      output.prepare();
      boolean recovered = InterruptedRuns.recover(spark, output, state, lock, options.report());
      if ((overtaken || recovered) && options.sinceLastRun()) {
        reading = read(spark, run, output, state); // What others have left may be to do again.
      }
      return new InferRun(spark, run, reading, output, state, lock, gpus, progress)
          .complete(engines);
    } catch (IOException e) {
      throw RunFailedException.of(e, run.id(), RunFailedException.KEPT);
    }
  }

  /**
   * Says what a run would do. Writes nothing, and takes no lock: a run that goes on meanwhile, or
   * has left something in its journal, counts as far as its rows stand in the tables.
   *
   * @throws UserError as {@link #run} does
   */
  public PlanFigures plan(SparkSession spark, InferOptions options) {
    Run run = Run.begin(options);
    OutputFolder output = output(spark, options);
    StateFolder state = new StateFolder(output, spark.sparkContext().hadoopConfiguration());
    Reading reading = read(spark, run, output, state);
    return run.within(reading.since().map(SinceLastRun::scope))
        .planner(spark, reading.prompts(), output, reading.model())
        .plan()
        .figures();
  }

  private static OutputFolder output(SparkSession spark, InferOptions options) {
    OutputFolder output = OutputFolder.at(spark, options.output());
    if (!options.openAiOutput().isEmpty()) {
      output.requireOutside("--openai-output", options.openAiOutput());
      requireApart(options, spark.sparkContext().hadoopConfiguration());
    }
    return output;
  }

  private static void requireApart(InferOptions options, Configuration hadoop) {
    try {
      BatchResults.requireApart(options.prompts().path(), options.openAiOutput(), hadoop);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserError(
          "cannot use '%s': %s; give --openai-output another folder"
              .formatted(options.openAiOutput(), e.getMessage()),
          e);
    }
  }

  /**
   * What a run is about, found good.
   *
   * @param since where only what is new is read
   */
  record Reading(Prompts prompts, ModelDescription model, Optional<SinceLastRun> since) {}

  private Reading read(SparkSession spark, Run run, OutputFolder output, StateFolder state) {
    InferOptions options = run.options();
    if (!options.sinceLastRun()) {
      Prompts prompts = source.apply(spark, options.prompts());
      return new Reading(prompts, requireModel(spark, run), Optional.empty());
    }
    ModelDescription model = requireModel(spark, run);
    SinceLastRun since = SinceLastRun.look(spark, options, model, output, state);
    try {
      return new Reading(since.read(), model, Optional.of(since));
    } catch (IOException e) {
      throw RunFailedException.of(e, run.id(), "nothing was written");
    }
  }

  /**
   * The model, told by an executor; a wrong one, and tokens that it does not have, are found out
   * before anything is written.
   */
  private ModelDescription requireModel(SparkSession spark, Run run) {
    try {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      ModelDescription model = DescribeModel.ask(context, run.options().engine(), engines);
      run.options().sampling().requireTokensOf(model);
      return model;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the engine loads", e);
    } catch (Exception e) {
      // Spark throws checked exceptions that its Java signatures don't declare.
      throw RunFailedException.of(e, run.id(), "nothing was written");
    }
  }
}
