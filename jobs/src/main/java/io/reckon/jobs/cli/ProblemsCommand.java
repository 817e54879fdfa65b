package io.reckon.jobs.cli;

import io.reckon.engine.train.problem.ProblemSet;
import io.reckon.jobs.UserError;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes problems that the built-in model has never seen, with their answers. */
@Command(
    name = "problems",
    description =
        "Writes problems that the built-in model was never trained on, with their answers and"
            + " reasoning, as JSON lines that infer takes and grades. Needs no Spark.")
final class ProblemsCommand implements Callable<Integer> {
  /** The smallest family has little more than this many reserved problems. */
  private static final int MOST_PER_FAMILY = 400;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "A file that does not exist yet.")
  private Path output;

  @Option(
      names = "--per-family",
      paramLabel = "N",
      defaultValue = "200",
      description = "Problems of each family, 1 to " + MOST_PER_FAMILY + " (default: 200).")
  private int perFamily;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Other seeds give other problems (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (perFamily < 1 || perFamily > MOST_PER_FAMILY) {
      throw new UserError(
          "--per-family is " + perFamily + "; give a number from 1 to " + MOST_PER_FAMILY);
    }
    if (Files.exists(output)) {
      throw new UserError("--output " + output + " exists; give a file that does not");
    }
    try (Writer writer = Files.newBufferedWriter(output, StandardOpenOption.CREATE_NEW)) {
      ProblemSet.write(perFamily, seed, writer);
    } catch (java.nio.file.NoSuchFileException e) {
      throw new UserError("--output " + output + ": its folder does not exist; create it first");
    }
    spec.commandLine().getOut().println("problems: " + output);
    return ExitCode.DONE;
  }
}
