package io.reckon.jobs.cli;

import io.reckon.jobs.report.HtmlReport;
import io.reckon.jobs.tables.OutputFolder;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the report of a run again. */
@Command(
    name = "report",
    description =
        "Writes a run's report, one HTML page beside the tables: throughput over time, lengths,"
            + " finish reasons, errors, cache hits, cost. Prints where it lies.")
final class ReportCommand implements Callable<Integer> {
  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "The folder that infer wrote.")
  private String output;

  @Option(
      names = "--run",
      paramLabel = "ID",
      description = "The run, as the column run_id names it (default: the newest).")
  private String run;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    try (SparkHost spark = SparkHost.open()) {
      OutputFolder folder = OutputFolder.at(spark.session(), output);
      String runId = run == null ? HtmlReport.newestRun(folder) : run;
      String file = HtmlReport.write(folder, runId);
      spec.commandLine().getOut().println(RunReport.onThisMachine(file));
    }
    return ExitCode.DONE;
  }
}
