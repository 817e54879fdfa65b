package io.reckon.engine.text;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.PromptTruncation;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the text of a prompt that is too long. Only the longest user message is cut (the last of
 * equals), never another message nor what the template writes. What is left gives the answer room
 * for all the tokens that it may have, or for half of the context where that is less.
 */
final class PromptCutter {
  private final PromptEncoder encoder;
  private final Tokenizer tokenizer;
  private final int contextTokens;

  PromptCutter(PromptEncoder encoder, Tokenizer tokenizer, int contextTokens) {
    this.encoder = encoder;
    this.tokenizer = tokenizer;
    this.contextTokens = contextTokens;
  }

  /**
   * The longest prompt that fits, a few tokens aside.
   *
   * @param promptTokens of the whole prompt
   * @throws EngineException {@code PROMPT_TOO_LONG} where the request says so, or where the longest
   *     user message is not long enough
   */
  EncodedPrompt cut(GenerationRequest request, int promptTokens) {
    int index = longestOfUser(request.messages());
    if (request.sampling().truncation() == PromptTruncation.ERROR || index < 0) {
      throw TextErrors.tooLong(promptTokens, contextTokens);
    }
    int room = Math.min(request.sampling().maxNewTokens(), Math.max(1, contextTokens / 2));
    int allowed = contextTokens - room;
    TokenSpans spans = tokenizer.spans(request.messages().get(index).content());
    int kept = spans.count() - (promptTokens - allowed);
    while (kept > 0) {
      String text = spans.kept(kept, request.sampling().truncation());
      EncodedPrompt prompt =
          encoder.encode(with(request.messages(), index, text), request.sampling().thinking());
      if (prompt.tokens().length <= allowed) {
        return prompt;
      }
      // A cut may change how its neighbours are put into tokens, by a few at most.
      kept -= prompt.tokens().length - allowed;
    }
    throw TextErrors.tooLongToCut(promptTokens, spans.count(), contextTokens, room);
  }

  private static int longestOfUser(List<Message> messages) {
    int longest = -1;
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      if (message.role().equals("user")
          && (longest < 0
              || message.content().length() >= messages.get(longest).content().length())) {
        longest = i;
      }
    }
    return longest;
  }

  private static List<Message> with(List<Message> messages, int index, String content) {
    List<Message> changed = new ArrayList<>(messages);
    changed.set(index, new Message(messages.get(index).role(), content));
    return changed;
  }
}
