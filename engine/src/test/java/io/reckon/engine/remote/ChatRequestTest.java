package io.reckon.engine.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.SamplingParameters;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChatRequestTest {
  private static final EndpointConfiguration SOME =
      EndpointConfiguration.of("http://localhost:8000/v1", "m");
  private static final EndpointConfiguration OPEN_AI =
      EndpointConfiguration.of("https://api.openai.com/v1", "m");
  private static final SamplingParameters PLAIN =
      SamplingParameters.builder().temperature(1).topP(1).seed(7).build();

  private static ChatCompletionCreateParams request(
      EndpointConfiguration endpoint, SamplingParameters sampling) {
    return ChatRequest.of(
        endpoint, new GenerationRequest(List.of(Message.user("hello")), sampling));
  }

  @Test
  void tellsAServerWhatItsOwnDefaultsMayChange() {
    ChatCompletionCreateParams request = request(SOME, PLAIN);
    assertThat(request.temperature()).hasValue(1.0);
    assertThat(request.topP()).hasValue(1.0);
    assertThat(request._additionalBodyProperties()).containsKeys("seed", "max_tokens");
  }

  @Test
  void leavesOutWhatOpenAiTakesAnyway() {
    ChatCompletionCreateParams request = request(OPEN_AI, PLAIN);
    assertThat(request.temperature()).isEmpty();
    assertThat(request.topP()).isEmpty();
    assertThat(request._additionalBodyProperties()).containsKey("seed");
    assertThat(request.maxCompletionTokens()).isPresent();
    ChatCompletionCreateParams set =
        request(OPEN_AI, PLAIN.toBuilder().temperature(0.5).topP(0.9).build());
    assertThat(set.temperature()).hasValue(0.5);
    assertThat(set.topP()).hasValue(0.9);
    assertThat(request(OPEN_AI, SamplingParameters.GREEDY).temperature()).hasValue(0.0);
  }

  @Test
  void leavesOutWhatItIsToldTo() {
    SamplingParameters sampling = PLAIN.toBuilder().temperature(0.5).topP(0.9).build();
    ChatCompletionCreateParams one = request(SOME.omitting(Set.of("top_p")), sampling);
    assertThat(one.temperature()).hasValue(0.5);
    assertThat(one.topP()).isEmpty();
    assertThat(one._additionalBodyProperties()).containsKey("seed");
    ChatCompletionCreateParams all =
        request(SOME.omitting(Set.of("temperature", "top_p", "seed")), sampling);
    assertThat(all.temperature()).isEmpty();
    assertThat(all.topP()).isEmpty();
    assertThat(all._additionalBodyProperties()).doesNotContainKey("seed");
  }
}
