package io.reckon.engine.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.OutputConstraint;
import java.util.List;
import java.util.Optional;

/**
 * How an endpoint is asked to hold its answers to a constraint, and how those are read. Of the ways
 * to ask only {@code response_format} is known widely, so choices go out as a schema too: of an
 * object with one member.
 */
final class AnswerFormat {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private static final JsonNode ANY_OBJECT = JSON.createObjectNode().put("type", "object");
  private static final String CHOICE = "choice";
  private static final int MOST_QUOTED = 100;

  private AnswerFormat() {}

  /**
   * An answer as it was read.
   *
   * @param parsed it as JSON; empty where it is not held to anything
   */
  record Answer(String text, Optional<String> parsed) {}

  /** The {@code response_format} of a request; none where any answer will do. */
  static Optional<JsonNode> asked(OutputConstraint constraint) {
    if (constraint instanceof OutputConstraint.JsonSchema asked) {
      return Optional.of(format(parse(asked.schema())));
    }
    return constraint instanceof OutputConstraint.Choice choice
        ? Optional.of(format(oneOf(choice.texts())))
        : Optional.empty();
  }

  /** Any object at all is asked for in the words that every server knows. */
  private static JsonNode format(JsonNode schema) {
    ObjectNode format = JSON.createObjectNode();
    if (schema.equals(ANY_OBJECT)) {
      return format.put("type", "json_object");
    }
    format.put("type", "json_schema");
    format
        .putObject("json_schema")
        .put("name", "answer")
        .put("strict", StrictSchema.is(schema))
        .set("schema", schema);
    return format;
  }

  private static JsonNode oneOf(List<String> texts) {
    ObjectNode schema = JSON.createObjectNode().put("type", "object");
    ObjectNode member = schema.putObject("properties").putObject(CHOICE).put("type", "string");
    member.set("enum", JSON.valueToTree(texts.stream().distinct().toList()));
    schema.putArray("required").add(CHOICE);
    return schema.put("additionalProperties", false);
  }

  private static JsonNode parse(String schema) {
    try {
      return JSON.readTree(schema);
    } catch (JsonProcessingException e) {
      throw new EngineException(
          ErrorCode.BAD_OPTION, "the JSON schema is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * Reads what an endpoint answered.
   *
   * @throws EngineException {@code ENDPOINT_REFUSED} where the constraint was not kept
   */
  static Answer read(OutputConstraint constraint, String text) {
    if (!constraint.constrains()) {
      return new Answer(text, Optional.empty());
    }
    if (text.isEmpty()) {
      throw new EngineException(
          ErrorCode.ENDPOINT_REFUSED,
          "the answer is empty where it is held to a JSON schema or to choices; if the reasoning holds it, set how the server tells reasoning");
    }
    return constraint instanceof OutputConstraint.Choice choice
        ? oneOf(choice.texts(), text)
        : json(text)
            .map(read -> new Answer(text, Optional.of(text)))
            .orElseThrow(() -> notKept("a JSON schema was given and the answer is no JSON"));
  }

  /** Whether what an answer is could not go on: a number could, and so could a bare choice. */
  static boolean showsItsEnd(OutputConstraint constraint, String text) {
    boolean wrapped = constraint instanceof OutputConstraint.Choice;
    return json(text).filter(read -> wrapped ? read.isObject() : !read.isNumber()).isPresent();
  }

  private static Answer oneOf(List<String> texts, String text) {
    String chosen = chosen(text);
    if (!texts.contains(chosen)) {
      throw notKept("choices were given and the answer is '" + shortened(text) + "'");
    }
    return new Answer(chosen, Optional.of(TextNode.valueOf(chosen).toString()));
  }

  /** The object's member; or the text itself, of a server that goes by the prompt alone. */
  private static String chosen(String text) {
    return json(text)
        .map(object -> object.path(CHOICE))
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue)
        .orElse(text.strip());
  }

  private static Optional<JsonNode> json(String text) {
    try {
      return Optional.of(JSON.readTree(text));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static String shortened(String text) {
    return text.length() <= MOST_QUOTED ? text : text.substring(0, MOST_QUOTED) + " ...";
  }

  private static EngineException notKept(String what) {
    return new EngineException(
        ErrorCode.ENDPOINT_REFUSED, what + "; the endpoint may not know response_format");
  }
}
