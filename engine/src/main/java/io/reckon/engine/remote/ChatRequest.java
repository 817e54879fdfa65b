package io.reckon.engine.remote;

import com.openai.core.JsonValue;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.api.Thinking;
import java.util.List;

/** A request as the protocol writes it. */
final class ChatRequest {
  /** Seeds are signed 32-bit numbers in some servers. */
  private static final long SEED_MASK = 0x7fffffffL;

  private final EndpointConfiguration endpoint;
  private final SamplingParameters sampling;
  private final ChatCompletionCreateParams.Builder builder = ChatCompletionCreateParams.builder();

  private ChatRequest(EndpointConfiguration endpoint, SamplingParameters sampling) {
    this.endpoint = endpoint;
    this.sampling = sampling;
  }

  static ChatCompletionCreateParams of(EndpointConfiguration endpoint, GenerationRequest request) {
    ChatRequest chat = new ChatRequest(endpoint, request.sampling());
    chat.builder.model(endpoint.model());
    request.messages().forEach(chat::add);
    chat.addSampling();
    chat.addLimits();
    chat.addExtensions();
    AnswerFormat.asked(request.sampling().constraint())
        .ifPresent(format -> chat.put("response_format", format));
    return chat.builder.build();
  }

  private void add(Message message) {
    switch (message.role()) {
      case "system" -> builder.addSystemMessage(message.content());
      case "assistant" -> builder.addAssistantMessage(message.content());
      default -> builder.addUserMessage(message.content());
    }
  }

  private void addSampling() {
    double temperature = sampling.greedy() ? 0 : sampling.temperature();
    if (tells(EndpointConfiguration.TEMPERATURE, temperature)) {
      builder.temperature(temperature);
    }
    if (tells(EndpointConfiguration.TOP_P, sampling.topP())) {
      builder.topP(sampling.topP());
    }
    if (!sampling.greedy() && endpoint.sends(EndpointConfiguration.SEED)) {
      put(EndpointConfiguration.SEED, sampling.seed() & SEED_MASK);
    }
    if (sampling.presencePenalty() != 0) {
      builder.presencePenalty(sampling.presencePenalty());
    }
    if (sampling.frequencyPenalty() != 0) {
      builder.frequencyPenalty(sampling.frequencyPenalty());
    }
    if (!sampling.logitBias().isEmpty()) {
      put("logit_bias", sampling.logitBias());
    }
    if (sampling.listTokens()) {
      builder.logprobs(true);
      if (sampling.topLogprobs() > 0) {
        builder.topLogprobs(sampling.topLogprobs());
      }
    }
  }

  /**
   * Goes out as it is, since a server's own default may be another (vLLM's is the model's).
   * OpenAI's is 1, and its reasoning models refuse some that say so.
   */
  private boolean tells(String name, double value) {
    return endpoint.sends(name) && !(endpoint.isOpenAi() && value == 1);
  }

  private void addLimits() {
    // OpenAI's reasoning models know only the new name, many other servers only the old one.
    if (endpoint.isOpenAi()) {
      builder.maxCompletionTokens(sampling.maxNewTokens());
    } else {
      put("max_tokens", sampling.maxNewTokens());
    }
    if (!sampling.stopStrings().isEmpty()) {
      builder.stopOfStrings(sampling.stopStrings());
    }
  }

  /** What vLLM and its like know beyond OpenAI's fields; sent only where it is asked for. */
  private void addExtensions() {
    if (sampling.topK() > 0) {
      put("top_k", sampling.topK());
    }
    if (sampling.minP() > 0) {
      put("min_p", sampling.minP());
    }
    if (sampling.repetitionPenalty() != 1) {
      put("repetition_penalty", sampling.repetitionPenalty());
    }
    if (!sampling.stopTokens().isEmpty()) {
      put("stop_token_ids", List.copyOf(sampling.stopTokens()));
    }
    if (sampling.thinking() instanceof Thinking.Effort effort) {
      put("reasoning_effort", effort.level());
    }
  }

  private void put(String field, Object value) {
    builder.putAdditionalBodyProperty(field, JsonValue.from(value));
  }
}
