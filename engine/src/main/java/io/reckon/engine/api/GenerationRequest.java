package io.reckon.engine.api;

import java.util.List;

/**
 * One prompt to answer.
 *
 * @param messages the conversation, oldest first; at least one
 * @param sampling how tokens are chosen
 * @param truncation what becomes of it where it is longer than the context
 */
public record GenerationRequest(
    List<Message> messages, SamplingParameters sampling, PromptTruncation truncation) {
  public GenerationRequest {
    messages = List.copyOf(messages);
    if (messages.isEmpty()) {
      throw new EngineException(
          ErrorCode.PROMPT_EMPTY, "the request has no messages; give at least one");
    }
  }

  /** A request that fails where it is too long. */
  public GenerationRequest(List<Message> messages, SamplingParameters sampling) {
    this(messages, sampling, PromptTruncation.ERROR);
  }
}
