package io.reckon.engine.text;

import io.reckon.engine.api.Message;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Turns messages into token ids. Safe for any thread. */
public final class PromptEncoder {
  private final Optional<ChatTemplate> template;
  private final Tokenizer tokenizer;

  private PromptEncoder(Optional<ChatTemplate> template, Tokenizer tokenizer) {
    this.template = template;
    this.tokenizer = tokenizer;
  }

  /** Reads the folder's chat template; without one, messages are joined as they are. */
  public static PromptEncoder load(Path folder, Tokenizer tokenizer) {
    return new PromptEncoder(ChatTemplate.read(folder), tokenizer);
  }

  /**
   * Renders and encodes a conversation. Content is never read as an added token.
   *
   * @throws io.reckon.engine.api.EngineException {@code TEMPLATE_REFUSED} or {@code PROMPT_EMPTY}
   */
  public EncodedPrompt encode(List<Message> messages) {
    DefusedMessages defused = DefusedMessages.of(messages, tokenizer.added());
    String text = template.map(t -> t.render(defused.messages())).orElseGet(() -> join(defused));
    int[] tokens = text.isEmpty() ? new int[0] : encodePieces(defused.pieces(text));
    if (tokens.length == 0) {
      throw TextErrors.empty();
    }
    boolean insideThinking =
        template.isPresent() && text.stripTrailing().endsWith(ThinkMarkers.OPEN);
    return new EncodedPrompt(tokens, insideThinking);
  }

  private static String join(DefusedMessages defused) {
    return defused.messages().stream().map(Message::content).collect(Collectors.joining());
  }

  /** A template writes its own begin token; without one the tokenizer adds what it adds. */
  private int[] encodePieces(List<String> pieces) {
    return IntStream.range(0, pieces.size())
        .mapToObj(i -> tokenizer.encode(pieces.get(i), template.isEmpty() && i == 0))
        .flatMapToInt(IntStream::of)
        .toArray();
  }
}
