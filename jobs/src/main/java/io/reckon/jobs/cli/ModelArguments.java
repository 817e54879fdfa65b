package io.reckon.jobs.cli;

import io.reckon.udfs.model.ModelCopies;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say which model answers, and how its weights are held. */
final class ModelArguments {
  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "A Hugging Face folder, a GGUF file, ollama:NAME[:TAG], an address of a Hadoop file"
              + " system, or builtin (default: builtin; of infer: spark.reckon.model, else builtin).")
  private Optional<String> model;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "How weights are held: int8, int4, bf16, float32, or auto: bf16 on a GPU, else int8 where"
              + " the processor can (default: auto; of infer: spark.reckon.mode, else auto; bench"
              + " takes int8, logits float32).")
  private Optional<String> mode;

  /** As it was given: executors find it on their own machines. */
  String model() {
    return model.orElse("builtin");
  }

  boolean isGiven() {
    return model.isPresent();
  }

  /** What this process can open: a model of a Hadoop file system is copied here first. */
  String localModel() {
    return ModelCopies.local(model());
  }

  /**
   * @param otherwise what to take where none is given
   */
  String mode(String otherwise) {
    return mode.orElse(otherwise);
  }
}
