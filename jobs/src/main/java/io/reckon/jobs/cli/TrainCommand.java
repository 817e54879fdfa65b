package io.reckon.jobs.cli;

import io.reckon.engine.train.Training;
import io.reckon.engine.train.TrainingListener;
import io.reckon.engine.train.TrainingOptions;
import io.reckon.jobs.UserError;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains the built-in model. */
@Command(
    name = "train",
    description =
        "Trains the built-in model from nothing on generated problems and writes a checkpoint"
            + " folder with its log and a plot. Needs no Spark.")
final class TrainCommand implements Callable<Integer> {
  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Folder of the checkpoint, the log, the plot and the state to resume from.")
  private Path output;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "4400",
      description = "Optimizer steps (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--tokens-per-step",
      paramLabel = "N",
      defaultValue = "5000",
      description = "Tokens of problems a step (default: ${DEFAULT-VALUE}).")
  private int tokensPerStep;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "20261123",
      description = "Seed of the first weights and of every problem (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--evaluation-problems",
      paramLabel = "N",
      defaultValue = "200",
      description =
          "Reserved problems of each family that the end is measured on; a quarter of them on the"
              + " way (default: ${DEFAULT-VALUE}).")
  private int evaluationProblems;

  @Option(names = "--resume", description = "Go on from the state in --output.")
  private boolean resume;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (!resume) {
      requireEmpty(output);
    }
    TrainingOptions options =
        new TrainingOptions(output, steps, tokensPerStep, seed, evaluationProblems, resume);
    Training.run(options, new Listener(spec.commandLine().getErr()));
    spec.commandLine().getOut().println("checkpoint: " + output);
    return ExitCode.DONE;
  }

  private static void requireEmpty(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw new UserError("--output " + folder + " is a file; give a folder that is new or empty");
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      if (entries.iterator().hasNext()) {
        throw new UserError(
            "--output " + folder + " is not empty; give another folder, or --resume to go on");
      }
    }
  }

  /** One line a report. */
  private record Listener(PrintWriter err) implements TrainingListener {
    @Override
    public void progress(int step, int steps, double loss, double tokensPerSecond) {
      err.printf(
          Locale.ROOT,
          "step %d of %d  loss %.4f  %,.0f tokens/s%n",
          step,
          steps,
          loss,
          tokensPerSecond);
    }

    @Override
    public void evaluation(int step, Map<String, Double> accuracy) {
      StringBuilder line = new StringBuilder("step " + step + "  whole completions right, %:");
      accuracy.forEach(
          (family, share) ->
              line.append(String.format(Locale.ROOT, "  %s %.1f", family, 100 * share)));
      err.println(line);
    }
  }
}
