package io.reckon.jobs.batch;

import static io.reckon.jobs.batch.BatchValues.isInteger;
import static io.reckon.jobs.batch.BatchValues.isListOf;
import static io.reckon.jobs.batch.BatchValues.require;

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

  /** vLLM's other word for a top-k of 0. */
  private static final int ALL_TOKENS = -1;

  /** Members that change nothing here, whatever they say. */
  private static final Set<String> PASSED_OVER =
      Set.of(
          "model",
          "user",
          "metadata",
          "store",
          "service_tier",
          "safety_identifier",
          "prompt_cache_key",
          "prompt_cache_retention",
          "prediction",
          "verbosity",
          "parallel_tool_calls",
          "stream_options",
          // vLLM's: when and by whom, how images are read, beams, how tokens are written.
          "priority",
          "request_id",
          "session_id",
          "cache_salt",
          "media_io_kwargs",
          "mm_processor_kwargs",
          "length_penalty",
          "spaces_between_special_tokens",
          "return_tokens_as_token_ids",
          "guided_decoding_backend");

  /** Members that are taken as they are, and what they must be. */
  private static final Map<String, Predicate<JsonNode>> TAKEN =
      Map.ofEntries(
          Map.entry("temperature", JsonNode::isNumber),
          Map.entry("top_p", JsonNode::isNumber),
          Map.entry("min_p", JsonNode::isNumber),
          Map.entry("repetition_penalty", JsonNode::isNumber),
          Map.entry("presence_penalty", JsonNode::isNumber),
          Map.entry("frequency_penalty", JsonNode::isNumber),
          Map.entry("seed", value -> value.isIntegralNumber() && value.canConvertToLong()),
          Map.entry("stop_token_ids", value -> isListOf(value, BatchValues::isInteger)),
          Map.entry("logit_bias", BatchBody::isBias));

  /** Members that are good only where they say what happens anyway. */
  private static final Map<String, Predicate<JsonNode>> AS_EVER =
      Map.ofEntries(
          Map.entry("stream", BatchBody::isFalse),
          Map.entry("tools", value -> value.isArray() && value.isEmpty()),
          Map.entry("functions", value -> value.isArray() && value.isEmpty()),
          Map.entry("tool_choice", value -> value.asText().equals("none")),
          Map.entry("function_call", value -> value.asText().equals("none")),
          Map.entry("modalities", value -> value.toString().equals("[\"text\"]")),
          Map.entry("best_of", value -> value.asText().equals("1")),
          Map.entry("use_beam_search", BatchBody::isFalse),
          Map.entry("ignore_eos", BatchBody::isFalse),
          Map.entry("min_tokens", value -> value.asText().equals("0")),
          Map.entry("bad_words", value -> value.isArray() && value.isEmpty()),
          Map.entry("include_stop_str_in_output", BatchBody::isFalse),
          Map.entry("skip_special_tokens", BatchBody::isTrue),
          Map.entry("echo", BatchBody::isFalse),
          Map.entry("add_generation_prompt", BatchBody::isTrue),
          Map.entry("continue_final_message", BatchBody::isFalse),
          Map.entry("add_special_tokens", BatchBody::isFalse),
          Map.entry("return_token_ids", BatchBody::isFalse));

  private final List<Message> messages = new ArrayList<>();
  private final ObjectNode options = JSON.createObjectNode();
  private final BatchConstraint constraint = new BatchConstraint(options);
  private final BatchThinking thinking = new BatchThinking(options);

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
    } else if (AS_EVER.containsKey(name)) {
      require(AS_EVER.get(name).test(value), name, value);
    } else if (BatchConstraint.knows(name)) {
      constraint.take(name, value);
    } else if (BatchThinking.knows(name)) {
      thinking.take(name, value);
    } else if (!PASSED_OVER.contains(name)) {
      takeOther(name, value);
    }
  }

  private void takeOther(String name, JsonNode value) throws RefusedRequestException {
    switch (name) {
      case "messages", "max_tokens", "max_completion_tokens", "logprobs", "top_logprobs" -> {}
      case "n" -> {
        require(isInteger(value) && value.intValue() >= 1, name, value);
        require(value.intValue() <= MOST_SAMPLES, name, value);
        options.set(RowOptions.SAMPLES, value);
      }
      case "top_k" -> {
        require(isInteger(value), name, value);
        options.put(name, value.intValue() == ALL_TOKENS ? 0 : value.intValue());
      }
      case "stop" -> options.set(name, stop(value));
      default -> throw BatchValues.unknown(name);
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

  private static boolean isBias(JsonNode value) {
    return value.isObject()
        && value.properties().stream()
            .allMatch(bias -> bias.getKey().matches("\\d{1,9}") && bias.getValue().isNumber());
  }

  private static boolean isFalse(JsonNode value) {
    return value.isBoolean() && !value.booleanValue();
  }

  private static boolean isTrue(JsonNode value) {
    return value.isBoolean() && value.booleanValue();
  }
}
