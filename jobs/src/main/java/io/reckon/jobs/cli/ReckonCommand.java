package io.reckon.jobs.cli;

import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command itself; all work is in its subcommands. */
@Command(
    name = "reckon",
    description = "Runs a reasoning model over tables of prompts on Apache Spark.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Version.class,
    usageHelpAutoWidth = true,
    sortOptions = false,
    subcommands = {
      InferCommand.class,
      ShowCommand.class,
      ReportCommand.class,
      LogitsCommand.class,
      PlanCommand.class,
      BenchCommand.class,
      BenchConstraintCommand.class,
      TrainCommand.class,
      ProblemsCommand.class,
      ArchiveCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:something broke; the log says what",
      "2:bad input: an option, a path, a column, a model folder; nothing was written",
      "3:done, but some rows hold an error"
    })
final class ReckonCommand implements Runnable {
  @Option(
      names = "--verbose",
      description = "Print the stack trace of an error.",
      scope = ScopeType.INHERIT)
  private boolean verbose;

  @Spec private CommandSpec spec;

  boolean verbose() {
    return verbose;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "no command given; one of " + names(spec.subcommands()));
  }

  /** The names of those commands that the help lists. */
  static String names(Map<String, CommandLine> commands) {
    return commands.entrySet().stream()
        .filter(command -> !command.getValue().getCommandSpec().usageMessage().hidden())
        .map(Map.Entry::getKey)
        .collect(Collectors.joining(", "));
  }
}
