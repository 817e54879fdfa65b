package io.reckon.engine.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.interpret.TemplateError.ErrorReason;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.Thinking;
import io.reckon.engine.checkpoint.GgufHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model's chat template, in Jinja: from {@code chat_template.jinja}, from {@code chat_template}
 * of {@code tokenizer_config.json}, or from a GGUF. Rendered in a {@link TemplateSandbox}. Safe for
 * any thread.
 */
final class ChatTemplate {
  private static final long LIMIT_BYTES = 16 << 20;
  private static final int LONGEST_SOURCE = 256 << 10;
  private static final String GGUF_TEMPLATE = "tokenizer.chat_template";

  /** The markers that templates know, with what a GGUF calls their ids. */
  private static final Map<String, String> ID_KEYS =
      Map.of(
          "bos_token", "bos_token_id",
          "eos_token", "eos_token_id",
          "pad_token", "padding_token_id",
          "unk_token", "unknown_token_id");

  /** What rendering a message takes beside its text, as if it were text. */
  private static final int CHARACTERS_A_MESSAGE = 1000;

  private final String source;
  private final Map<String, String> markers;
  private final Optional<String> flaw;

  private ChatTemplate(String source, Map<String, String> markers) {
    this.source = TemplateText.read(source);
    this.markers = markers;
    this.flaw = TagScan.flaw(this.source);
  }

  /**
   * Reads a folder's template; empty where it has none.
   *
   * @throws EngineException {@code BAD_CHECKPOINT} where it can't render a plain question
   */
  static Optional<ChatTemplate> read(Path folder) {
    TokenizerSettings settings = TokenizerSettings.read(folder);
    Path separate = folder.resolve("chat_template.jinja");
    Path file = Files.exists(separate) ? separate : settings.file();
    String source = file == separate ? text(separate) : template(settings);
    return tried(source, file, markers(settings));
  }

  /**
   * Reads the template inside a GGUF, or {@code chat_template.jinja} beside one that has none;
   * empty where that isn't there either.
   *
   * @param vocabularySize rows of the model's embedding
   * @throws EngineException {@code BAD_CHECKPOINT} where it can't render a plain question
   */
  static Optional<ChatTemplate> read(GgufHeader header, int vocabularySize) {
    List<String> tokens = GgufTokenizer.tokens(header, vocabularySize);
    Map<String, String> markers = new HashMap<>();
    ID_KEYS.forEach(
        (marker, key) -> markers.put(marker, GgufTokenizer.marker(header, tokens, key)));
    Path beside = header.path().resolveSibling("chat_template.jinja");
    Optional<String> own = header.text(GGUF_TEMPLATE);
    return own.isEmpty() && Files.exists(beside)
        ? tried(text(beside), beside, markers)
        : tried(own.orElse(""), header.path(), markers);
  }

  private static Optional<ChatTemplate> tried(
      String source, Path file, Map<String, String> markers) {
    if (source.isEmpty()) {
      return Optional.empty();
    }
    if (source.length() > LONGEST_SOURCE) {
      throw TextErrors.badFile(
          file,
          "the chat template has %d characters where %d are allowed; is it one?"
              .formatted(source.length(), LONGEST_SOURCE));
    }
    ChatTemplate template = new ChatTemplate(source, markers);
    template.tryOut(file);
    return Optional.of(template);
  }

  /** A template that stands nowhere but in memory. */
  static ChatTemplate of(String source, Map<String, String> markers) {
    return new ChatTemplate(source, markers);
  }

  /** A template that is no template is told when the model is loaded, not with every row. */
  private void tryOut(Path file) {
    try {
      tryToRender(List.of(Message.user("Hello")), Thinking.FREE);
    } catch (TemplateRefusal refusal) {
      if (!refusal.byTemplate()) {
        throw TextErrors.badFile(
            file,
            "the chat template can't render a question (%s); repair it, or take the model's own"
                .formatted(refusal.getMessage()));
      }
    }
  }

  /** Renders a conversation after which the model may reason. */
  String render(List<Message> messages) {
    return render(messages, Thinking.FREE);
  }

  /**
   * Renders a conversation, up to where the model's answer begins.
   *
   * @param thinking what templates that know of it are told: whether to reason, and how hard
   * @throws EngineException {@code TEMPLATE_REFUSED}
   */
  String render(List<Message> messages, Thinking thinking) {
    try {
      return tryToRender(messages, thinking);
    } catch (TemplateRefusal refusal) {
      throw TextErrors.refused(refusal.getMessage());
    }
  }

  /** In the names that DeepSeek's and Qwen's templates use. */
  private static Map<String, Object> told(Thinking thinking) {
    if (thinking instanceof Thinking.Free) {
      return Map.of();
    }
    if (thinking instanceof Thinking.Effort effort && Thinking.allowed(thinking)) {
      return Map.of("reasoning_effort", effort.level());
    }
    boolean wanted = Thinking.allowed(thinking);
    return Map.of("thinking", wanted, "enable_thinking", wanted);
  }

  private String tryToRender(List<Message> messages, Thinking thinking) {
    flaw.ifPresent(
        reason -> {
          throw TemplateRefusal.fault(reason);
        });
    Map<String, Object> variables = new HashMap<>(markers);
    variables.put(
        "messages",
        messages.stream()
            .map(message -> Map.of("role", message.role(), "content", message.content()))
            .toList());
    variables.put("add_generation_prompt", true);
    variables.putAll(told(thinking));
    long characters =
        messages.stream().mapToLong(m -> CHARACTERS_A_MESSAGE + m.content().length()).sum();
    RenderResult result;
    try {
      result = TemplateSandbox.render(source, variables, characters);
    } catch (TemplateBudget.Exceeded e) {
      throw TemplateRefusal.fault(e.getMessage());
    } catch (StackOverflowError e) {
      throw TemplateRefusal.fault("it is nested too deeply");
    }
    result.getErrors().stream()
        .filter(ChatTemplate::isFatal)
        .findFirst()
        .ifPresent(
            error -> {
              throw refusal(error);
            });
    return result.getOutput();
  }

  private static boolean isFatal(TemplateError error) {
    return error.getSeverity() == TemplateError.ErrorType.FATAL
        || error.getReason() == ErrorReason.EXCEPTION;
  }

  private static TemplateRefusal refusal(TemplateError error) {
    for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
      if (cause instanceof TemplateRefusal refusal) {
        return refusal;
      }
    }
    return TemplateRefusal.fault(
        error.getReason() == ErrorReason.DISABLED
            ? "it uses '%s', which templates may not"
                .formatted(error.getFieldName().replaceFirst("^[a-z]+:", ""))
            : error.getMessage());
  }

  private static Map<String, String> markers(TokenizerSettings settings) {
    Map<String, String> markers = new HashMap<>();
    ID_KEYS.keySet().forEach(name -> markers.put(name, settings.marker(name)));
    return markers;
  }

  private static String template(TokenizerSettings settings) {
    JsonNode template = settings.json().path("chat_template");
    if (template.isMissingNode() || template.isNull() || template.isTextual()) {
      return template.asText("");
    }
    for (JsonNode named : template) {
      if (named.path("name").asText().equals("default") && named.path("template").isTextual()) {
        return named.path("template").asText();
      }
    }
    throw TextErrors.badFile(
        settings.file(), "chat_template is no text and has no template named 'default'; give one");
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > LIMIT_BYTES) {
        throw TextErrors.badFile(
            file,
            "has %d bytes where %d are allowed; is it a chat template?"
                .formatted(Files.size(file), LIMIT_BYTES));
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw TextErrors.badFile(
          file, "can't be read as UTF-8 text (" + e.getMessage() + "); check the file");
    }
  }
}
