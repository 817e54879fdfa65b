package io.reckon.engine.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.interpret.TemplateError.ErrorReason;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import io.reckon.engine.api.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A model's chat template, in Jinja as Hugging Face stores it: in {@code chat_template.jinja} or
 * under {@code chat_template} of {@code tokenizer_config.json}. Safe for any thread.
 */
final class ChatTemplate {
  private static final int LONGEST_OUTPUT = 64 << 20;

  /** {@code not x is y}: Jinja negates the test, the library would negate {@code x}. */
  private static final Pattern NEGATED_TEST =
      Pattern.compile("\\bnot\\s+([\\w.]+)\\s+is\\s+(?!not\\b)");

  private final String source;
  private final Map<String, String> markers;
  private final Jinjava jinjava;

  private ChatTemplate(String source, Map<String, String> markers) {
    this.source = NEGATED_TEST.matcher(source).replaceAll("$1 is not ");
    this.markers = markers;
    this.jinjava = jinjava();
  }

  /** Reads a folder's template; empty where it has none. */
  static Optional<ChatTemplate> read(Path folder) {
    Path configuration = folder.resolve("tokenizer_config.json");
    JsonNode settings = Files.exists(configuration) ? parse(configuration) : noSettings();
    Path separate = folder.resolve("chat_template.jinja");
    String source = Files.exists(separate) ? text(separate) : template(settings);
    return source.isEmpty()
        ? Optional.empty()
        : Optional.of(new ChatTemplate(source, markers(settings)));
  }

  /** A template that stands nowhere but in memory. */
  static ChatTemplate of(String source, Map<String, String> markers) {
    return new ChatTemplate(source, markers);
  }

  /**
   * Renders a conversation, up to where the model's answer begins.
   *
   * @throws io.reckon.engine.api.EngineException {@code TEMPLATE_REFUSED}
   */
  String render(List<Message> messages) {
    Map<String, Object> variables = new HashMap<>(markers);
    variables.put(
        "messages",
        messages.stream()
            .map(message -> Map.of("role", message.role(), "content", message.content()))
            .toList());
    variables.put("add_generation_prompt", true);
    RenderResult result = jinjava.renderForResult(source, variables);
    result.getErrors().stream()
        .filter(ChatTemplate::isFatal)
        .findFirst()
        .ifPresent(
            error -> {
              throw TextErrors.refused(reason(error));
            });
    return result.getOutput();
  }

  private static boolean isFatal(TemplateError error) {
    return error.getSeverity() == TemplateError.ErrorType.FATAL
        || error.getReason() == ErrorReason.EXCEPTION;
  }

  private static String reason(TemplateError error) {
    for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
      if (cause instanceof Refusal) {
        return cause.getMessage();
      }
    }
    return error.getMessage();
  }

  private static Jinjava jinjava() {
    JinjavaConfig settings =
        JinjavaConfig.newBuilder()
            .withTrimBlocks(true)
            .withLstripBlocks(true)
            .withMaxOutputSize(LONGEST_OUTPUT)
            .withNestedInterpretationEnabled(false)
            .withLegacyOverrides(
                LegacyOverrides.newBuilder()
                    .withUsePyishObjectMapper(true)
                    .withUseNaturalOperatorPrecedence(true)
                    .withParseWhitespaceControlStrictly(true)
                    .withIterateOverMapKeys(true)
                    .withUseTrimmingForNotesAndExpressions(true)
                    .build())
            .build();
    Jinjava jinjava = new Jinjava(settings);
    jinjava
        .getGlobalContext()
        .registerFunction(
            new ELFunctionDefinition(
                "", "raise_exception", ChatTemplate.class, "raiseException", String.class));
    return jinjava;
  }

  /** {@code raise_exception} of templates; public because the template library calls it. */
  public static String raiseException(String reason) {
    throw new Refusal(reason);
  }

  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String reason) {
      super(reason);
    }
  }

  private static Map<String, String> markers(JsonNode settings) {
    Map<String, String> markers = new HashMap<>();
    for (String name : List.of("bos_token", "eos_token", "pad_token", "unk_token")) {
      JsonNode value = settings.path(name);
      String marker = value.isObject() ? value.path("content").asText() : value.asText("");
      markers.put(name, marker);
    }
    return markers;
  }

  private static String template(JsonNode settings) {
    JsonNode template = settings.path("chat_template");
    for (JsonNode named : template) {
      if (named.path("name").asText().equals("default")) {
        return named.path("template").asText();
      }
    }
    return template.asText("");
  }

  private static JsonNode noSettings() {
    return new JsonMapper().createObjectNode();
  }

  private static JsonNode parse(Path file) {
    try {
      return new JsonMapper().readTree(file.toFile());
    } catch (IOException e) {
      throw TextErrors.badFile(file, "can't be read as JSON (" + e.getMessage() + ")");
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw TextErrors.badFile(file, "can't be read as UTF-8 text (" + e.getMessage() + ")");
    }
  }
}
