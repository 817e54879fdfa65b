package io.reckon.jobs.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say which model answers, and how its weights are held. */
final class ModelArguments {
  @Option(
      names = "--model",
      paramLabel = "builtin|DIR",
      defaultValue = "builtin",
      description = "The built-in model, or a Hugging Face folder (default: ${DEFAULT-VALUE}).")
  private String model;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "How weights are held: int8, int4, bf16, float32, or auto: bf16 on a GPU, else int8 where"
              + " the processor can (default: auto; bench takes int8, logits float32).")
  private Optional<String> mode;

  String model() {
    return model;
  }

  /**
   * @param otherwise what to take where none is given
   */
  String mode(String otherwise) {
    return mode.orElse(otherwise);
  }
}
