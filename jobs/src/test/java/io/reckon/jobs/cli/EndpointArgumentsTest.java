package io.reckon.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.remote.EndpointConfiguration;
import io.reckon.udfs.EngineHost;
import io.reckon.udfs.EngineSettings;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class EndpointArgumentsTest {
  private static EngineHost host(String... options) {
    EndpointArguments arguments = new EndpointArguments();
    CommandLine command = new CommandLine(arguments).setCaseInsensitiveEnumValuesAllowed(true);
    command.parseArgs(
        Stream.concat(Stream.of("--engine=openai", "--base-url=http://host/v1"), Stream.of(options))
            .toArray(String[]::new));
    return arguments.engine(EngineSettings.builtin().withModel("some-model")).host();
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

  @Test
  void nameWhatCannotBeLeftOut() {
    assertThatThrownBy(() -> host("--endpoint-omit=seed,model"))
        .isInstanceOf(EngineException.class)
        .hasMessage("--endpoint-omit has 'model'; give names of temperature, top_p, seed");
  }
}
