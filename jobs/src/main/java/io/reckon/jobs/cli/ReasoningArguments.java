package io.reckon.jobs.cli;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ReasoningMarkers;
import picocli.CommandLine.Option;

/** The options that say what a model's reasoning stands between. */
final class ReasoningArguments {
  @Option(
      names = "--think-open",
      paramLabel = "TEXT",
      defaultValue = "",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
      description =
          "What the model writes before its reasoning (default: the pair of markers that its"
              + " vocabulary has, else <think> and </think>).")
  private String open;

  @Option(
      names = "--think-close",
      paramLabel = "TEXT",
      defaultValue = "",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
      description = "What it writes after it; together with --think-open.")
  private String close;

  /**
   * @throws EngineException where only one is given, or both are the same
   */
  ReasoningMarkers markers() {
    return new ReasoningMarkers(open, close);
  }
}
