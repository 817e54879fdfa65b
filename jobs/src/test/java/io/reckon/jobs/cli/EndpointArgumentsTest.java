package io.reckon.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.remote.EndpointConfiguration;
import io.reckon.jobs.UserError;
import io.reckon.udfs.EngineHost;
import io.reckon.udfs.EngineSettings;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class EndpointArgumentsTest {
  /** A command with these options, as {@code infer} has them. */
  @Command
  private static final class Asking {
    @Mixin private EndpointArguments endpoint;
  }

  private static EngineHost host(String... options) {
    return settings(
            Stream.concat(
                    Stream.of("--engine=openai", "--base-url=http://host/v1"), Stream.of(options))
                .toArray(String[]::new))
        .host();
  }

  private static EngineSettings settings(String... options) {
    Asking command = new Asking();
    new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(options);
    return command.endpoint.engine(EngineSettings.builtin().withModel("some-model"));
  }

  @Test
  void tellTheServerAllWithoutOptions() {
    assertThat(host())
        .isEqualTo(
            new EngineHost.Endpoint(EndpointConfiguration.of("http://host/v1", "some-model")));
  }

  @Test
  void leaveOutWhatIsNamed() {
    assertThat(host("--endpoint-omit=temperature,top_p", "--endpoint-omit=seed"))
        .isEqualTo(
            new EngineHost.Endpoint(
                EndpointConfiguration.of("http://host/v1", "some-model")
                    .omitting(Set.of("temperature", "top_p", "seed"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--base-url=http://host/v1",
        "--api-key-env=KEY",
        "--endpoint-concurrency=32",
        "--endpoint-requests-per-minute=0",
        "--endpoint-retries=8",
        "--endpoint-timeout=600",
        "--endpoint-omit=seed"
      })
  void areRefusedWithoutAServer(String option) {
    String name = option.substring(0, option.indexOf('='));
    assertThatThrownBy(() -> settings(option))
        .isInstanceOf(UserError.class)
        .hasMessage(name + " is given; give --engine openai with it, or leave it out");
    assertThat(settings("--engine=local").isLocal()).isTrue();
  }

  @Test
  void nameWhatCannotBeLeftOut() {
    assertThatThrownBy(() -> host("--endpoint-omit=seed,model"))
        .isInstanceOf(EngineException.class)
        .hasMessage("--endpoint-omit has 'model'; give names of temperature, top_p, seed");
  }
}
