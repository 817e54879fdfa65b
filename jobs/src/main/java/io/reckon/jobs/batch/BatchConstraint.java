package io.reckon.jobs.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;

/**
 * What an answer is held to: OpenAI's {@code response_format}, vLLM's {@code guided_*} and {@code
 * structured_outputs}. One of them counts.
 */
final class BatchConstraint {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String STRUCTURED = "structured_outputs";

  private static final Set<String> MEMBERS =
      Set.of(
          "response_format",
          "guided_json",
          "guided_json_object",
          "guided_regex",
          "guided_choice",
          STRUCTURED);

  private final ObjectNode options;

  /** The member that has said what the answer is held to; empty where none has. */
  private String saidBy = "";

  /**
   * @param options takes the constraint, as {@link io.reckon.udfs.RowOptions} reads it
   */
  BatchConstraint(ObjectNode options) {
    this.options = options;
  }

  /** Whether a member of a body is about this. */
  static boolean knows(String member) {
    return MEMBERS.contains(member);
  }

  void take(String member, JsonNode value) throws RefusedRequestException {
    switch (member) {
      case "response_format" -> takeFormat(value);
      case STRUCTURED -> takeStructured(value);
      default -> takeForm(member, member.replace("guided_", ""), value);
    }
  }

  private void takeFormat(JsonNode format) throws RefusedRequestException {
    String type = format.path("type").asText();
    switch (type) {
      case "text" -> {}
      case "json_object" -> hold("response_format", "json_schema", anyObject());
      case "json_schema" ->
          takeForm(
              "response_format.json_schema.schema",
              "json",
              format.path("json_schema").path("schema"));
      default ->
          throw new RefusedRequestException(
              "body.response_format.type is '%s'; give text, json_object or json_schema"
                  .formatted(type));
    }
  }

  private void takeStructured(JsonNode forms) throws RefusedRequestException {
    BatchValues.require(forms.isObject(), STRUCTURED, forms);
    for (Map.Entry<String, JsonNode> form : forms.properties()) {
      if (!form.getValue().isNull()) {
        takeForm(STRUCTURED + "." + form.getKey(), form.getKey(), form.getValue());
      }
    }
  }

  /**
   * @param where the value stands
   */
  private void takeForm(String where, String form, JsonNode value) throws RefusedRequestException {
    switch (form) {
      case "json" -> hold(where, "json_schema", schema(where, value));
      case "json_object" -> {
        BatchValues.require(value.isBoolean(), where, value);
        if (value.booleanValue()) {
          hold(where, "json_schema", anyObject());
        }
      }
      case "regex" -> {
        BatchValues.require(value.isTextual(), where, value);
        hold(where, "regex", value);
      }
      case "choice" -> {
        BatchValues.require(BatchValues.isListOf(value, JsonNode::isTextual), where, value);
        hold(where, "choice", value);
      }
      // No more white space is ever written than one blank after a comma or a colon.
      case "disable_fallback", "disable_any_whitespace" -> {}
      case "disable_additional_properties" ->
          BatchValues.require(value.isBoolean() && !value.booleanValue(), where, value);
      default -> throw BatchValues.unknown(where);
    }
  }

  /** vLLM takes a schema as an object, and as its text. */
  private static JsonNode schema(String where, JsonNode value) throws RefusedRequestException {
    JsonNode schema = value;
    if (value.isTextual()) {
      try {
        schema = JSON.readTree(value.textValue());
      } catch (JsonProcessingException e) {
        throw new RefusedRequestException(
            "body.%s is text that is no JSON (%s); correct it"
                .formatted(where, e.getOriginalMessage()));
      }
    }
    if (!schema.isObject()) {
      throw new RefusedRequestException(
          "body.%s is missing or no object; give one".formatted(where));
    }
    return schema;
  }

  private void hold(String where, String kind, JsonNode value) throws RefusedRequestException {
    if (!saidBy.isEmpty()) {
      throw new RefusedRequestException(
          "body.%s and body.%s are both given, and an answer is held to one; leave one out"
              .formatted(saidBy, where));
    }
    saidBy = where;
    options.set(kind, value);
  }

  private static ObjectNode anyObject() {
    return JSON.createObjectNode().put("type", "object");
  }
}
