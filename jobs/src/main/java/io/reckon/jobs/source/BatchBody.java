package io.reckon.jobs.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reckon.engine.api.Message;
import io.reckon.udfs.RowOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What a request asks for. Members that are null count as left out. */
final class BatchBody {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int MOST_SAMPLES = 128;

  /** Members that change nothing here. */
  private static final Set<String> PASSED_OVER =
      Set.of(
          "model",
          "user",
          "metadata",
          "store",
          "service_tier",
          "safety_identifier",
          "prompt_cache_key",
          "reasoning_effort",
          "verbosity",
          "parallel_tool_calls",
          "stream_options");

  /** Members that are taken as they are, and what they must be. */
  private static final Map<String, Predicate<JsonNode>> TAKEN =
      Map.ofEntries(
          Map.entry("temperature", JsonNode::isNumber),
          Map.entry("top_p", JsonNode::isNumber),
          Map.entry("top_k", BatchBody::isInteger),
          Map.entry("min_p", JsonNode::isNumber),
          Map.entry("repetition_penalty", JsonNode::isNumber),
          Map.entry("presence_penalty", JsonNode::isNumber),
          Map.entry("frequency_penalty", JsonNode::isNumber),
          Map.entry("seed", value -> value.isIntegralNumber() && value.canConvertToLong()),
          Map.entry("stop_token_ids", value -> isListOf(value, BatchBody::isInteger)),
          Map.entry("logit_bias", BatchBody::isBias));

  private final List<Message> messages = new ArrayList<>();
  private final ObjectNode options = JSON.createObjectNode();

  private BatchBody() {}

  static BatchBody read(JsonNode body) throws RefusedRequestException {
    BatchBody read = new BatchBody();
    read.readMessages(body.path("messages"));
    for (Map.Entry<String, JsonNode> member : body.properties()) {
      if (!member.getValue().isNull()) {
        read.take(member.getKey(), member.getValue());
      }
    }
    read.takeLimit(body);
    read.takeLogprobs(body);
    return read;
  }

  List<Message> messages() {
    return messages;
  }

  /** As {@link RowOptions} reads them; null where there are none. */
  String overrides() {
    return options.isEmpty() ? null : options.toString();
  }

  private void take(String name, JsonNode value) throws RefusedRequestException {
    if (TAKEN.containsKey(name)) {
      require(TAKEN.get(name).test(value), name, value);
      options.set(name, value);
      return;
    }
    switch (name) {
      case "messages", "max_tokens", "max_completion_tokens", "logprobs", "top_logprobs" -> {}
      case "n" -> {
        require(isInteger(value) && value.intValue() >= 1, name, value);
        require(value.intValue() <= MOST_SAMPLES, name, value);
        options.set(RowOptions.SAMPLES, value);
      }
      case "stop" -> options.set(name, stop(value));
      case "response_format" -> takeFormat(value);
      case "stream" -> require(value.isBoolean() && !value.booleanValue(), name, value);
      case "tools", "functions" -> require(value.isArray() && value.isEmpty(), name, value);
      case "tool_choice", "function_call" -> require(value.asText().equals("none"), name, value);
      case "modalities" -> require(value.toString().equals("[\"text\"]"), name, value);
      default -> {
        if (!PASSED_OVER.contains(name)) {
          throw new RefusedRequestException(
              "body.%s is not supported; leave it out".formatted(name));
        }
      }
    }
  }

  private void readMessages(JsonNode list) throws RefusedRequestException {
    if (!list.isArray() || list.isEmpty()) {
      throw new RefusedRequestException("body.messages is missing or no list; give one");
    }
    for (JsonNode message : list) {
      messages.add(message(message, "body.messages[" + messages.size() + "]"));
    }
  }

  private static Message message(JsonNode message, String where) throws RefusedRequestException {
    for (String name : List.of("tool_calls", "function_call", "audio")) {
      if (!message.path(name).isMissingNode() && !message.path(name).isNull()) {
        throw new RefusedRequestException(
            "%s.%s is not supported; leave it out".formatted(where, name));
      }
    }
    String role = message.path("role").asText();
    if (!Set.of("system", "developer", "user", "assistant").contains(role)) {
      throw new RefusedRequestException(
          "%s.role is '%s'; give system, developer, user or assistant".formatted(where, role));
    }
    String content = content(message.path("content"), where);
    return new Message(role.equals("developer") ? "system" : role, content);
  }

  private static String content(JsonNode content, String where) throws RefusedRequestException {
    if (content.isTextual()) {
      return content.textValue();
    }
    if (!content.isArray()) {
      throw new RefusedRequestException("%s.content is no text; give some".formatted(where));
    }
    List<String> parts = new ArrayList<>();
    for (JsonNode part : content) {
      if (!part.path("type").asText().equals("text") || !part.path("text").isTextual()) {
        throw new RefusedRequestException(
            "%s.content has a part of type '%s'; give text alone"
                .formatted(where, part.path("type").asText()));
      }
      parts.add(part.get("text").textValue());
    }
    return String.join("\n", parts);
  }

  private static ArrayNode stop(JsonNode value) throws RefusedRequestException {
    if (value.isTextual()) {
      return JSON.createArrayNode().add(value);
    }
    require(isListOf(value, JsonNode::isTextual), "stop", value);
    return (ArrayNode) value;
  }

  private void takeFormat(JsonNode format) throws RefusedRequestException {
    switch (format.path("type").asText()) {
      case "text" -> {}
      case "json_object" -> options.putObject("json_schema").put("type", "object");
      case "json_schema" -> {
        JsonNode schema = format.path("json_schema").path("schema");
        if (!schema.isObject()) {
          throw new RefusedRequestException(
              "body.response_format.json_schema.schema is missing or no object; give one");
        }
        options.set("json_schema", schema);
      }
      default ->
          throw new RefusedRequestException(
              "body.response_format.type is '%s'; give text, json_object or json_schema"
                  .formatted(format.path("type").asText()));
    }
  }

  /** The newer of the two names counts. */
  private void takeLimit(JsonNode body) throws RefusedRequestException {
    for (String name : List.of("max_tokens", "max_completion_tokens")) {
      if (body.hasNonNull(name)) {
        require(isInteger(body.get(name)), name, body.get(name));
        options.set("max_tokens", body.get(name));
      }
    }
  }

  private void takeLogprobs(JsonNode body) throws RefusedRequestException {
    JsonNode wanted = body.path("logprobs");
    JsonNode top = body.path("top_logprobs");
    if (body.hasNonNull("logprobs")) {
      require(wanted.isBoolean(), "logprobs", wanted);
    }
    if (body.hasNonNull("top_logprobs")) {
      require(isInteger(top), "top_logprobs", top);
      if (!wanted.asBoolean() && top.intValue() > 0) {
        throw new RefusedRequestException("body.top_logprobs is given; give logprobs true with it");
      }
    }
    if (wanted.asBoolean()) {
      options.put("top_logprobs", top.asInt());
    }
  }

  private static boolean isInteger(JsonNode value) {
    return value.isIntegralNumber() && value.canConvertToInt();
  }

  private static boolean isListOf(JsonNode list, Predicate<JsonNode> item) {
    if (!list.isArray()) {
      return false;
    }
    for (JsonNode value : list) {
      if (!item.test(value)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBias(JsonNode value) {
    return value.isObject()
        && value.properties().stream()
            .allMatch(bias -> bias.getKey().matches("\\d{1,9}") && bias.getValue().isNumber());
  }

  private static void require(boolean holds, String name, JsonNode value)
      throws RefusedRequestException {
    if (!holds) {
      throw new RefusedRequestException(
          "body.%s is %s, which is of the wrong kind or not supported; correct it, or leave it out"
              .formatted(name, value.toString().length() > 200 ? "too long to show" : value));
    }
  }
}
