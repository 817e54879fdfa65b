package io.reckon.jobs.cli;

import io.reckon.engine.remote.EndpointConfiguration;
import io.reckon.jobs.UserError;
import io.reckon.udfs.EngineSettings;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The options that have a server answer in the engine's place. */
final class EndpointArguments {
  /** Who answers. */
  private enum Engine {
    LOCAL,
    OPENAI
  }

  @Option(
      names = "--engine",
      paramLabel = "local|openai",
      defaultValue = "local",
      description =
          "Who answers: the engine in the executors, or a server that speaks OpenAI's chat"
              + " completions (default: ${DEFAULT-VALUE}).")
  private Engine engine;

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      defaultValue = "",
      description = "Of the server, up to and with its /v1.")
  private String baseUrl;

  @Option(
      names = "--api-key-env",
      paramLabel = "NAME",
      defaultValue = EndpointConfiguration.DEFAULT_KEY_VARIABLE,
      description =
          "The environment variable that holds the key on every executor; never the key itself"
              + " (default: ${DEFAULT-VALUE}, which may be unset).")
  private String keyVariable;

  @Option(
      names = "--endpoint-concurrency",
      paramLabel = "N",
      defaultValue = "32",
      description = "Most requests that an executor has open (default: ${DEFAULT-VALUE}).")
  private int concurrency;

  @Option(
      names = "--endpoint-requests-per-minute",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Most requests that an executor sends in a minute; 0 for any number (default:"
              + " ${DEFAULT-VALUE}).")
  private int requestsPerMinute;

  @Option(
      names = "--endpoint-retries",
      paramLabel = "N",
      defaultValue = "8",
      description =
          "How often a request is sent again that the server was too busy for, or that broke on its"
              + " way (default: ${DEFAULT-VALUE}).")
  private int retries;

  @Option(
      names = "--endpoint-timeout",
      paramLabel = "S",
      defaultValue = "600",
      description = "Seconds that one reply may take (default: ${DEFAULT-VALUE}).")
  private int timeoutSeconds;

  @Option(
      names = "--endpoint-omit",
      paramLabel = "NAMES",
      split = ",",
      description =
          "What requests leave out, since the model refuses it: of temperature, top_p and seed,"
              + " separated by commas (default: nothing).")
  private Set<String> omitted = Set.of();

  @Spec private CommandSpec own;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /**
   * The engine that was asked for.
   *
   * @param local what it is where no server answers; its model and its markers are the server's too
   */
  EngineSettings engine(EngineSettings local) {
    if (engine == Engine.LOCAL) {
      requireNoneOfServers();
      return local;
    }
    EngineSettings defaults = EngineSettings.builtin();
    if (local.model().equals(defaults.model())) {
      throw new UserError("--engine openai needs --model, the name that the server has for it");
    }
    if (!local.mode().equals(defaults.mode())) {
      throw new UserError(
          "--mode is '%s'; leave it out: how weights are held is the server's own matter"
              .formatted(local.mode()));
    }
    return EngineSettings.endpoint(
            new EndpointConfiguration(
                baseUrl,
                local.model(),
                keyVariable,
                concurrency,
                requestsPerMinute,
                retries,
                timeoutSeconds,
                omitted))
        .withMarkers(local.markers());
  }

  /**
   * Who forgets {@code --engine} would get the local engine's answers, and think them a server's.
   */
  private void requireNoneOfServers() {
    ParseResult given = command.commandLine().getParseResult();
    own.options().stream()
        .map(OptionSpec::longestName)
        .filter(option -> !option.equals("--engine") && given.hasMatchedOption(option))
        .findFirst()
        .ifPresent(
            option -> {
              throw new UserError(
                  option + " is given; give --engine openai with it, or leave it out");
            });
  }
}
