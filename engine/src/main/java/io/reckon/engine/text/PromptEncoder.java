package io.reckon.engine.text;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.Thinking;
import io.reckon.engine.checkpoint.GgufHeader;
import io.reckon.engine.text.PromptRenderer.Rendered;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Turns messages into token ids. Safe for any thread. */
public final class PromptEncoder {
  private final Optional<ChatTemplate> template;
  private final Tokenizer tokenizer;
  private final PromptRenderer renderer;

  /** What is put before the tokens of each prompt. */
  private final OptionalInt begin;

  private PromptEncoder(Optional<ChatTemplate> template, Tokenizer tokenizer, OptionalInt begin) {
    this.template = template;
    this.tokenizer = tokenizer;
    this.begin = begin;
    this.renderer = new PromptRenderer(template, tokenizer);
  }

  /**
   * Reads the folder's chat template; without one, messages are joined as they are, behind the
   * begin token if the folder's settings say so.
   *
   * @throws EngineException {@code BAD_CHECKPOINT} where there is one that can't be rendered
   */
  public static PromptEncoder load(Path folder, Tokenizer tokenizer) {
    Optional<ChatTemplate> template = ChatTemplate.read(folder);
    OptionalInt begin = template.isPresent() ? OptionalInt.empty() : tokenizer.beginToAdd(folder);
    return new PromptEncoder(template, tokenizer, begin);
  }

  /**
   * Reads the chat template inside a GGUF; without one, messages are joined as they are.
   *
   * @throws EngineException {@code BAD_CHECKPOINT} where there is one that can't be rendered
   */
  public static PromptEncoder load(GgufHeader header, Tokenizer tokenizer) {
    return new PromptEncoder(
        ChatTemplate.read(header, tokenizer.vocabularySize()), tokenizer, OptionalInt.empty());
  }

  /** Whether the model brought a chat template. */
  public boolean hasTemplate() {
    return template.isPresent();
  }

  /**
   * Renders and encodes a conversation whose prompt must fit a context. A prompt that leaves room
   * for one new token is taken whole; a longer one fails or is {@link PromptCutter cut}, as the
   * request says.
   *
   * @param contextTokens the longest prompt plus answer
   * @throws EngineException {@code TEMPLATE_REFUSED}, {@code PROMPT_EMPTY} or {@code
   *     PROMPT_TOO_LONG}
   */
  public EncodedPrompt encode(GenerationRequest request, int contextTokens) {
    EncodedPrompt whole = encode(request.messages(), request.sampling().thinking());
    return whole.tokens().length < contextTokens
        ? whole
        : new PromptCutter(this, tokenizer, contextTokens).cut(request, whole.tokens().length);
  }

  /** Renders and encodes a conversation after which the model may reason. */
  public EncodedPrompt encode(List<Message> messages) {
    return encode(messages, Thinking.FREE);
  }

  /**
   * Renders and encodes a conversation. Content is never read as an added token. Where the model
   * shall not reason and the template has it begin anyway, the prompt closes that at once.
   *
   * @throws EngineException {@code TEMPLATE_REFUSED} or {@code PROMPT_EMPTY}
   */
  EncodedPrompt encode(List<Message> messages, Thinking thinking) {
    boolean mayThink = Thinking.allowed(thinking);
    Rendered prompt = renderer.render(messages, thinking);
    boolean opened = template.isPresent() && endsInThinking(prompt.text());
    if (opened && !mayThink) {
      prompt =
          new Rendered(
              prompt.text().stripTrailing() + "\n\n" + tokenizer.markers().close() + "\n\n",
              prompt.standIns());
    }
    int[] tokens = prompt.text().isEmpty() ? new int[0] : tokens(prompt);
    if (tokens.length == 0) {
      throw TextErrors.empty();
    }
    return new EncodedPrompt(begun(tokens), opened && mayThink);
  }

  private int[] begun(int... tokens) {
    return begin.isEmpty()
        ? tokens
        : IntStream.concat(begin.stream(), IntStream.of(tokens)).toArray();
  }

  private boolean endsInThinking(String prompt) {
    return prompt.stripTrailing().endsWith(tokenizer.markers().open());
  }

  /** A template writes its own begin token; without one the tokenizer adds what it adds. */
  private int[] tokens(Rendered prompt) {
    boolean framed = template.isEmpty();
    if (!prompt.standIns().anyIn(prompt.text())) {
      return tokenizer.encode(prompt.text(), framed);
    }
    int[] tokens = tokensOfParts(prompt);
    return framed ? tokenizer.frame(tokens) : tokens;
  }

  /** What stands between two of the template's markers is encoded as plain text if it must be. */
  private int[] tokensOfParts(Rendered prompt) {
    String text = prompt.text();
    AddedTokens markers = tokenizer.addedTokens();
    List<int[]> tokens = new ArrayList<>();
    int done = 0;
    for (int begin = 0; begin < text.length(); ) {
      int end = markers.next(text, begin);
      String between = text.substring(begin, end);
      if (prompt.standIns().anyIn(between)) {
        tokens.add(tokenizer.encode(text.substring(done, begin)));
        tokens.add(tokenizer.encodePlain(prompt.standIns().reveal(between)));
        done = end;
      }
      begin = end < text.length() ? end + markers.lengthAt(text, end) : end;
    }
    tokens.add(tokenizer.encode(text.substring(done)));
    return tokens.stream().flatMapToInt(IntStream::of).toArray();
  }
}
