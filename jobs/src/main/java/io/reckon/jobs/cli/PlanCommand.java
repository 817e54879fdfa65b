package io.reckon.jobs.cli;

import io.reckon.engine.ModelFootprint;
import io.reckon.jobs.UserError;
import io.reckon.udfs.model.ModelCopies;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what a model needs before it is loaded, or even downloaded. */
@Command(
    name = "plan",
    description =
        "Says what memory a model needs in each mode, how many requests fit beside it, and which"
            + " Spark settings to use; from its configuration alone. Needs no Spark.")
final class PlanCommand implements Callable<Integer> {
  private static final Pattern SIZE = Pattern.compile("(?i)(\\d{1,6}(?:\\.\\d+)?)([mgt])(?:i?b)?");
  private static final int USUAL_CONTEXT = 8192;
  private static final int MOST_REQUESTS = 1 << 16;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      description =
          "A Hugging Face folder or its config.json, a GGUF file, ollama:NAME[:TAG], an address of a"
              + " Hadoop file system, or builtin.")
  private String model;

  @Option(
      names = "--gpu-memory",
      paramLabel = "SIZE",
      description = "Memory of one GPU, like 24g: says what fits it (default: no GPU).")
  private String gpuMemory;

  @Option(
      names = "--context",
      paramLabel = "N",
      description =
          "Tokens of a request, prompt and answer (default: 8192, or the model's context if less).")
  private Integer context;

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "64",
      description = "Requests at a time (default: ${DEFAULT-VALUE}).")
  private int requests;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (requests < 1 || requests > MOST_REQUESTS) {
      throw new UserError(
          "--requests is %d; give a number from 1 to %d".formatted(requests, MOST_REQUESTS));
    }
    OptionalLong gpuBytes =
        gpuMemory == null ? OptionalLong.empty() : OptionalLong.of(bytes(gpuMemory));
    ModelFootprint footprint = ModelFootprint.of(ModelCopies.localConfiguration(model));
    Capacity capacity = new Capacity(footprint, contextOf(footprint), requests, gpuBytes);
    new CapacityReport(spec.commandLine().getOut(), model).print(capacity);
    return ExitCode.DONE;
  }

  private int contextOf(ModelFootprint footprint) {
    int most = footprint.shape().contextTokens();
    int tokens = context == null ? Math.min(USUAL_CONTEXT, most) : context;
    if (tokens < 1 || tokens > most) {
      throw new UserError(
          "--context is %d; give a number from 1 to %d, the model's context"
              .formatted(tokens, most));
    }
    return tokens;
  }

  /** Sizes count as Spark counts them: 1g is 2^30 bytes. */
  private static long bytes(String size) {
    Matcher parts = SIZE.matcher(size);
    if (!parts.matches() || Double.parseDouble(parts.group(1)) == 0) {
      throw new UserError("--gpu-memory is '" + size + "'; give a size, like 24g");
    }
    int shift =
        switch (parts.group(2).toLowerCase(Locale.ROOT)) {
          case "m" -> 20;
          case "g" -> 30;
          default -> 40;
        };
    return (long) (Double.parseDouble(parts.group(1)) * (1L << shift));
  }
}
