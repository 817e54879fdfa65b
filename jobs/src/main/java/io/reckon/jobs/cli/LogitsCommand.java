package io.reckon.jobs.cli;

import io.reckon.engine.EngineConfiguration;
import io.reckon.engine.LogitsProbe;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
  @Mixin private ModelArguments model;

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

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    EngineConfiguration defaults = EngineConfiguration.builtin();
    EngineConfiguration configuration =
        new EngineConfiguration(
            model.localModel(), model.mode("float32"), defaults.device(), 1, defaults.cacheBytes());
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
