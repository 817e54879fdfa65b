package io.reckon.engine.api;

import java.util.List;

/**
 * One prompt to answer.
 *
 * @param messages the conversation, oldest first; at least one
 * @param sampling how tokens are chosen
 */
public record GenerationRequest(List<Message> messages, SamplingParameters sampling) {
  public GenerationRequest {
    messages = List.copyOf(messages);
    if (messages.isEmpty()) {
      throw new EngineException(
          ErrorCode.PROMPT_EMPTY, "the request has no messages; give at least one");
    }
  }
}
