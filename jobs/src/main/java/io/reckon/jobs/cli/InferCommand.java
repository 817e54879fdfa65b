package io.reckon.jobs.cli;

import io.reckon.jobs.UserError;
import io.reckon.jobs.infer.FailureLimit;
import io.reckon.jobs.infer.InferJob;
import io.reckon.jobs.infer.InferOptions;
import io.reckon.jobs.infer.RunSummary;
import io.reckon.jobs.plan.PlanFigures;
import io.reckon.jobs.plan.Rerun;
import io.reckon.jobs.source.PromptOptions;
import io.reckon.udfs.EngineSettings;
import io.reckon.udfs.ReckonSparkConf;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import scala.jdk.javaapi.CollectionConverters;

/** Answers a table of prompts. */
@Command(
    name = "infer",
    description =
        "Reads prompts, reasons over each with a model, and appends the answers, the reasoning and"
            + " the run to Delta tables. With no options: the built-in model over the prompt set"
            + " that ships with it.")
final class InferCommand implements Callable<Integer> {
  @Option(
      names = "--prompts",
      paramLabel = "PATH",
      defaultValue = "",
      description = "A file, a folder or a pattern (default: the shipped prompt set).")
  private String prompts;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = PromptOptions.AUTO,
      description =
          "auto, delta, parquet, json, jsonl, openai-batch, csv or text (default:"
              + " ${DEFAULT-VALUE}).")
  private String format;

  @Option(
      names = "--prompt-column",
      paramLabel = "C",
      defaultValue = "",
      description = "The column of the prompts (default: messages, prompt and other usual names).")
  private String promptColumn;

  @Option(
      names = "--id-column",
      paramLabel = "C",
      defaultValue = "",
      description =
          "The column of the ids (default: prompt_id, id and other usual names, else made from the"
              + " content).")
  private String idColumn;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "reckon-out",
      description = "The folder of the tables; existing ones are added to (default: reckon-out).")
  private String output;

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "A system message for prompts that bring none.")
  private String system;

  @Mixin private ModelArguments model;

  @Mixin private EndpointArguments endpoint;

  @Mixin private SamplingArguments sampling;

  @Mixin private ReasoningArguments reasoning;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "0",
      description = "Only the first N prompts; 0 for all (default: ${DEFAULT-VALUE}).")
  private long limit;

  @Option(
      names = "--rerun",
      paramLabel = "WHICH",
      defaultValue = "transient",
      description =
          "Which prompts that have an outcome are done again: transient (errors that trying again"
              + " may help), failed, all or none (default: ${DEFAULT-VALUE}).")
  private Rerun rerun;

  @Option(
      names = "--since-last-run",
      description =
          "Read only what the source has new since the last run of this command that left nothing"
              + " undone: by a Delta table's change feed, else by files; where neither tells, compare"
              + " everything with what is done.")
  private boolean sinceLastRun;

  @Option(
      names = "--max-failed-rows",
      paramLabel = "N|P%",
      defaultValue = "",
      description = "End the run where more rows fail; a share is of those to do (default: none).")
  private String maxFailedRows;

  @Option(
      names = "--gpu-hour-price",
      paramLabel = "P",
      defaultValue = "0",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
      description =
          "What a GPU costs an hour, or an executor where there are none; the table of runs then"
              + " tells what the run has cost.")
  private double gpuHourPrice;

  @Option(
      names = "--no-report",
      description = "Leave out the page to read that a run writes beside its tables.")
  private boolean noReport;

  @Option(
      names = "--openai-output",
      paramLabel = "DIR",
      defaultValue = "",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
      description =
          "Also write the outcomes to results.jsonl and errors.jsonl in this folder, in the form of"
              + " OpenAI's batches.")
  private String openAiOutput;

  @Option(
      names = "--dry-run",
      description = "Only say what would be done, and how long it would take.")
  private boolean dryRun;

  @Option(
      names = "--tokens-per-second",
      paramLabel = "R",
      defaultValue = "0",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
      description = "With --dry-run: the rate to reckon with (default: the newest run's).")
  private double tokensPerSecond;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    // Checked before Spark starts, which takes seconds.
    requireRate();
    InferOptions options = options(prompts.isEmpty() ? "(shipped)" : prompts);
    try (SparkHost host = SparkHost.open(options.engine());
        ShippedPrompts shipped = new ShippedPrompts()) {
      if (prompts.isEmpty()) {
        requireOneMachine(host.session());
        options = options(shipped.file().toUri().toString());
      }
      options = tuned(host.session(), options);
      return dryRun ? plan(host.session(), options) : infer(host.session(), options);
    }
  }

  /** With what the session's configuration says of the engine, where no option does. */
  private InferOptions tuned(SparkSession session, InferOptions options) {
    SparkConf conf =
        ReckonSparkConf.ofSession(CollectionConverters.asJava(session.conf().getAll()));
    EngineSettings asked = options.engine();
    if (asked.isLocal() && !model.isGiven()) {
      asked = asked.withModel(ReckonSparkConf.model(conf).orElse(asked.model()));
    }
    return options.toBuilder().engine(ReckonSparkConf.tuned(asked, conf)).build();
  }

  private int plan(SparkSession session, InferOptions options) {
    PlanFigures plan = new InferJob().plan(session, options);
    OptionalDouble rate =
        tokensPerSecond > 0 ? OptionalDouble.of(tokensPerSecond) : OptionalDouble.empty();
    new PlanReport(spec.commandLine().getOut()).print(plan, rate);
    return ExitCode.DONE;
  }

  private int infer(SparkSession session, InferOptions options) {
    RunSummary summary = run(session, options);
    new RunReport(spec.commandLine().getOut()).print(summary);
    return summary.count().failedRows() == 0 ? ExitCode.DONE : ExitCode.DONE_WITH_FAILED_ROWS;
  }

  private void requireRate() {
    if (!(tokensPerSecond >= 0) || (tokensPerSecond > 0 && !dryRun)) {
      throw new UserError(
          "--tokens-per-second is %s; give a number above 0, and --dry-run with it"
              .formatted(tokensPerSecond));
    }
  }

  private RunSummary run(SparkSession session, InferOptions options) {
    try (ProgressLine progress = new ProgressLine(spec.commandLine().getErr())) {
      return new InferJob().run(session, options, progress);
    }
  }

  private InferOptions options(String path) {
    PromptOptions source = new PromptOptions(path, format, promptColumn, idColumn, system, limit);
    return InferOptions.builder(source, output)
        .engine(
            endpoint.engine(
                EngineSettings.builtin()
                    .withModel(model.model())
                    .withMode(model.mode("auto"))
                    .withMarkers(reasoning.markers())))
        .sampling(sampling.parameters())
        .samples(sampling.samples())
        .vote(sampling.vote())
        .rerun(rerun)
        .sinceLastRun(sinceLastRun)
        .failureLimit(FailureLimit.parse(maxFailedRows))
        .gpuHourPrice(gpuHourPrice)
        .report(!noReport)
        .openAiOutput(openAiOutput)
        .build();
  }

  private static void requireOneMachine(SparkSession session) {
    if (!session.sparkContext().isLocal()) {
      throw new UserError(
          "the shipped prompts are on the driver's disk, which executors don't see; give --prompts a"
              + " path that all of them do (the command problems writes such a file)");
    }
  }
}
