package io.reckon.engine.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.EngineException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointConfigurationTest {
  @Test
  void leavesOutOnlyWhatMayBeLeftOut() {
    EndpointConfiguration endpoint = EndpointConfiguration.of("http://host/v1", "m");
    assertThatThrownBy(() -> endpoint.omitting(Set.of("top_k")))
        .isInstanceOf(EngineException.class)
        .hasMessage("--endpoint-omit has 'top_k'; give names of temperature, top_p, seed");
  }

  @ParameterizedTest
  @CsvSource({
    "https://api.openai.com/v1, true",
    "https://EU.API.OpenAI.com/v1, true",
    "https://openai.com/v1, true",
    "https://mine.openai.azure.com/openai/v1, true",
    "https://mine.cognitiveservices.azure.com/openai/v1, true",
    "https://evilopenai.com/v1, false",
    "https://openai.com.example.org/v1, false",
    "https://mine.services.ai.example/v1, false",
    "http://localhost:11434/v1, false"
  })
  void tellsHostsOfOpenAisModels(String baseUrl, boolean openAi) {
    assertThat(EndpointConfiguration.of(baseUrl, "m").isOpenAi()).isEqualTo(openAi);
  }
}
