package io.reckon.jobs.cli;

import io.reckon.engine.EngineConfiguration;
import io.reckon.engine.LogitsProbe;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints a model's raw scores, for comparing with other engines. */
@Command(
    name = "logits",
    description =
        "Prints the logits after the last token, and the greedy continuation, as JSON:"
            + " {\"logits\":[...],\"greedy\":[...]}. Needs no Spark.")
final class LogitsCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "builtin|DIR",
      defaultValue = "builtin",
      description = "A Hugging Face folder (default: ${DEFAULT-VALUE}).")
  private String model;

  @Option(
      names = "--tokens",
      required = true,
      split = ",",
      paramLabel = "ID",
      description = "Token ids, parted by commas; none are added.")
  private int[] tokens;

  @Option(
      names = "--greedy",
      paramLabel = "N",
      defaultValue = "0",
      description = "Tokens to continue by (default: ${DEFAULT-VALUE}).")
  private int greedy;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "float32",
      description =
          "How weights are held: int8, int4, bf16 or float32 (default: ${DEFAULT-VALUE}).")
  private String mode;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    EngineConfiguration defaults = EngineConfiguration.builtin();
    EngineConfiguration configuration =
        new EngineConfiguration(model, mode, defaults.device(), 1, defaults.cacheBytes());
    try (LogitsProbe probe = LogitsProbe.open(configuration)) {
      LogitsProbe.Result result = probe.probe(tokens, greedy);
      spec.commandLine().getOut().println(json(result));
    }
    return ExitCode.DONE;
  }

  /** Every float in the fewest digits that give it back. */
  private static String json(LogitsProbe.Result result) {
    return "{\"logits\":%s,\"greedy\":%s}"
        .formatted(Arrays.toString(result.logits()), Arrays.toString(result.greedy()))
        .replace(" ", "");
  }
}
