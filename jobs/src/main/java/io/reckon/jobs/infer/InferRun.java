package io.reckon.jobs.infer;

import io.reckon.engine.api.ModelDescription;
import io.reckon.jobs.batch.BatchResults;
import io.reckon.jobs.commit.Committer;
import io.reckon.jobs.commit.RunLock;
import io.reckon.jobs.commit.StateFolder;
import io.reckon.jobs.infer.InferJob.Reading;
import io.reckon.jobs.infer.Progress.Phase;
import io.reckon.jobs.infer.Progress.Update;
import io.reckon.jobs.infer.RunSummary.RunCount;
import io.reckon.jobs.plan.PlanFigures;
import io.reckon.jobs.plan.WorkPlan;
import io.reckon.jobs.plan.WorkPlanner;
import io.reckon.jobs.source.Prompts;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.udfs.EngineFactory;
import io.reckon.udfs.GeneratePartition;
import io.reckon.udfs.GpuStage;
import io.reckon.udfs.JournalRows;
import io.reckon.udfs.ReckonSparkConf;
import io.reckon.udfs.RunJournal;
import io.reckon.udfs.WorkFile;
import io.reckon.udfs.WriteWork;
import io.reckon.udfs.journal.JournalFolder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run over prompts and tables that were found good, with the output's lock held: write down
 * what is left to do, generate it into the journal while a {@link Committer} moves it to the
 * tables, write the run's row, forget the rest.
 */
final class InferRun {
  private static final Logger LOG = LoggerFactory.getLogger(InferRun.class);

  /** What the partitions of copies are counted from, beyond any that generates. */
  private static final int BEFORE = 1_000_000;

  private static final int AFTER = 2_000_000;

  private final SparkSession spark;
  private final Run run;
  private final Prompts prompts;
  private final ModelDescription model;
  private final Optional<SinceLastRun> since;
  private final OutputFolder output;
  private final StateFolder state;
  private final RunLock lock;
  private final Progress progress;
  private final JournalFolder journal;
  private final RunTables tables;

  /** How long generating took; set when it ends, well or not. */
  private Duration generating = Duration.ZERO;

  InferRun(
      SparkSession spark,
      Run run,
      Reading reading,
      OutputFolder output,
      StateFolder state,
      RunLock lock,
      GpuHours gpus,
      Progress progress) {
    this.spark = spark;
    this.since = reading.since();
    this.run = run.within(since.map(SinceLastRun::scope));
    this.prompts = reading.prompts();
    this.model = reading.model();
    this.output = output;
    this.state = state;
    this.lock = lock;
    this.progress = progress;
    this.journal = state.journal(run.id());
    this.tables = new RunTables(spark, this.run, prompts, output, gpus);
  }

  RunSummary complete(EngineFactory engines) throws IOException {
    state.begin(run.id(), run.note(prompts));
    WorkPlanner planner = run.planner(spark, prompts, output, model);
    WorkPlan plan = planner.plan();
    if (plan.figures().openRows() > 0) {
      fill(planner, plan, engines);
    }
    progress.update(Update.begin(Phase.WRITING, prompts.count()));
    RunCount count = tables.count();
    requireFewFailures(count, plan.figures());
    if (run.options().vote()) {
      tables.add(planner.votes());
    }
    // Before the run counts as done: else nobody would write them again.
    if (!run.options().openAiOutput().isEmpty()) {
      writeBatchResults(planner);
    }
    end(count);
    RunSummary summary = tables.summary(count, plan.figures(), planner.requests(), generating);
    forget();
    return summary;
  }

  private void writeBatchResults(WorkPlanner planner) throws IOException {
    BatchResults.write(
        prompts.rows(),
        planner.requests(),
        output,
        run.options().openAiOutput(),
        spark.sparkContext().hadoopConfiguration());
  }

  /** Writes the row of a run that has ended well, by which a later one may go on. */
  private void end(RunCount count) throws IOException {
    Optional<SinceLastRun> settled = since.filter(s -> run.settles(count));
    if (settled.isPresent()) {
      settled.get().remember(run.id());
    }
    tables.end(count, generating, "");
    settled.ifPresent(s -> s.forgetBefore(run.id()));
  }

  /**
   * Gives every open row its outcome: at once where its request has one under another id, as it is
   * made where it has none, and at the end where it was made for another row of this run.
   */
  private void fill(WorkPlanner planner, WorkPlan plan, EngineFactory engines) throws IOException {
    SparkContext context = spark.sparkContext();
    PlanFigures figures = plan.figures();
    FailureWatch watch =
        new FailureWatch(
            mostFailures(figures), tables::failedRows, () -> context.cancelJobsWithTag(run.id()));
    Duration interval = ReckonSparkConf.commitInterval(context.getConf());
    try (Committer committer = new Committer(spark, output, state, journal, lock, interval);
        ProgressPoll poll =
            new ProgressPoll(progress, context.statusTracker(), run.id(), figures.generations());
        Interruption interruption = new Interruption(() -> sayWhatIsSafe(poll, committer))) {
      committer.start(watch::look);
      try {
        JobTag.during(
            context,
            run.id(),
            "Reckon makes " + figures.generations() + " answers",
            () -> make(planner, plan, engines, committer));
      } catch (Exception e) {
        interruption.awaitEndIfBegun();
        context.cancelJobsWithTag(run.id()); // A thread that is interrupted leaves its job running.
        // Spark throws checked exceptions that its Java signatures don't declare.
        throw recorded(
            watch.stopped()
                ? watch.failure(run.id())
                : RunFailedException.of(e, run.id(), RunFailedException.KEPT),
            committer);
      }
      finish(committer);
    }
  }

  private void make(WorkPlanner planner, WorkPlan plan, EngineFactory engines, Committer committer)
      throws IOException, InterruptedException {
    PlanFigures figures = plan.figures();
    if (figures.reusedRows() > 0) {
      copy(planner, BEFORE, committer);
    }
    if (figures.generations() > 0) {
      generate(plan, engines, committer);
    }
    // Not by rows: one may have some of its samples made for it, and others copied.
    if (figures.generations() > 0 && figures.copiedAnswers() > 0) {
      committer.flush();
      copy(planner, AFTER, committer);
    }
  }

  private void sayWhatIsSafe(ProgressPoll poll, Committer committer) {
    GeneratePartition.flushAll();
    committer.close(); // No commit may go on once another run can have the lock.
    lock.close();
    progress.interrupted(
        "interrupted after %s. What is finished is kept in %s%s; the same command goes on from there%s"
            .formatted(
                poll.soFar(),
                output,
                spark.sparkContext().isLocal() ? "" : ", but for the last seconds",
                run.options().report() ? ", and first writes the report of this run" : ""));
  }

  private void copy(WorkPlanner planner, int firstPartition, Committer committer) {
    new GenerateStage(spark.sparkContext())
        .journal(
            planner.copies(),
            new JournalRows(runJournal(), firstPartition),
            (partition, receipts) ->
                committer.partitionEnded(firstPartition + partition, receipts));
  }

  private void generate(WorkPlan plan, EngineFactory engines, Committer committer) {
    SparkContext context = spark.sparkContext();
    WriteWork writer = new WriteWork(state.work(run.id()), context.hadoopConfiguration());
    List<WorkFile> work = GenerateStage.write(plan.work(), writer);
    InferOptions options = run.options();
    GeneratePartition generate =
        new GeneratePartition(
            options.engine(),
            engines,
            model,
            options.sampling(),
            options.rowsInFlight(),
            runJournal());
    long begun = System.nanoTime();
    try {
      new GenerateStage(context)
          .run(
              work,
              writer,
              generate,
              GpuStage.of(context, options.engine()),
              committer::partitionEnded);
    } finally {
      generating = Duration.ofNanos(System.nanoTime() - begun);
    }
  }

  private RunJournal runJournal() {
    return new RunJournal(
        journal,
        prompts.version().orElse(null),
        ReckonSparkConf.journalPace(spark.sparkContext().getConf()));
  }

  private static void finish(Committer committer) throws IOException {
    try {
      committer.finish();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the last rows are committed", e);
    }
  }

  /**
   * What was made goes to the tables, and the table of runs tells of the failure, if they can. The
   * journal stays: tasks that are ending still write to it, and the next run brings that in.
   */
  private RuntimeException recorded(RuntimeException failure, Committer committer) {
    RuntimeException told = failure;
    try {
      finish(committer);
      RunCount count = tables.count();
      if (count.rows() > 0) {
        told = RunFailedException.afterRows(failure, run.id());
      }
      tables.end(count, generating, told.getMessage());
    } catch (Exception e) {
      told.addSuppressed(e);
    }
    return told;
  }

  private long mostFailures(PlanFigures figures) {
    return run.options().failureLimit().of(figures.openAnswers());
  }

  /** A run may be over before anyone has looked at how it goes. */
  private void requireFewFailures(RunCount count, PlanFigures figures) {
    long most = mostFailures(figures);
    if (count.failedRows() > most) {
      RunFailedException failure =
          RunFailedException.tooManyRows(
              run.id(), count.failedRows(), most, "every row has its outcome");
      tables.end(count, generating, failure.getMessage());
      forget();
      throw failure;
    }
  }

  private void forget() {
    try {
      state.forget(run.id());
    } catch (IOException e) {
      LOG.warn("What the run kept in {} could not be deleted; the next run does it", state, e);
    }
  }
}
