package io.reckon.engine.remote;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Tells schemas that OpenAI takes as strict ones: every object names all members it may have, and
 * requires them, and no keyword is there that it doesn't know. Others are refused there if they are
 * called strict, so what is not known to be taken is not.
 */
final class StrictSchema {
  private static final Set<String> TYPES =
      Set.of("string", "number", "integer", "boolean", "null", "object", "array");

  private static final Set<String> FORMATS =
      Set.of("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid");

  /** Keywords whose members are schemas that others refer to. */
  private static final List<String> DEFINITIONS = List.of("$defs", "definitions");

  /** All that may stand beside a type. */
  private static final Set<String> OF_TYPE =
      Set.of(
          "type",
          "properties",
          "required",
          "additionalProperties",
          "items",
          "enum",
          "const",
          "$defs",
          "definitions",
          "description",
          "title",
          "pattern",
          "format",
          "minimum",
          "maximum",
          "exclusiveMinimum",
          "exclusiveMaximum",
          "multipleOf",
          "minItems",
          "maxItems");

  /** All that may stand beside ways to choose from. */
  private static final Set<String> OF_WAYS =
      Set.of("anyOf", "$defs", "definitions", "description", "title");

  private final JsonNode root;

  private StrictSchema(JsonNode root) {
    this.root = root;
  }

  static boolean is(JsonNode schema) {
    return schema.path("type").asText().equals("object") && new StrictSchema(schema).holds(schema);
  }

  private boolean holds(JsonNode schema) {
    if (schema.has("$ref")) {
      return schema.size() == 1 && isOfRoot(schema.get("$ref").asText());
    }
    return schema.has("anyOf") ? holdsOfWays(schema) : holdsOfType(schema);
  }

  private boolean isOfRoot(String reference) {
    boolean isDefinition =
        DEFINITIONS.stream().anyMatch(name -> reference.startsWith("#/" + name + "/"));
    return reference.equals("#")
        || (isDefinition && !root.at(reference.substring(1)).isMissingNode());
  }

  private boolean holdsOfWays(JsonNode schema) {
    JsonNode ways = schema.get("anyOf");
    return knowsAll(schema, OF_WAYS)
        && ways.isArray()
        && !ways.isEmpty()
        && elements(ways).allMatch(this::holds)
        && definitionsHold(schema);
  }

  private boolean holdsOfType(JsonNode schema) {
    List<String> types = names(schema.path("type"));
    return knowsAll(schema, OF_TYPE)
        && !types.isEmpty()
        && TYPES.containsAll(types)
        && types.contains("object") == schema.has("properties")
        && types.contains("array") == schema.has("items")
        && (!schema.has("properties") || isClosed(schema))
        && (!schema.has("items") || holds(schema.get("items")))
        && (!schema.has("format") || FORMATS.contains(schema.get("format").asText()))
        && definitionsHold(schema);
  }

  private static boolean knowsAll(JsonNode schema, Set<String> keywords) {
    return schema.properties().stream().allMatch(member -> keywords.contains(member.getKey()));
  }

  private boolean isClosed(JsonNode schema) {
    JsonNode properties = schema.get("properties");
    JsonNode others = schema.path("additionalProperties");
    Set<String> named = new HashSet<>();
    properties.properties().forEach(property -> named.add(property.getKey()));
    return properties.isObject()
        && others.isBoolean()
        && !others.booleanValue()
        && schema.path("required").isArray()
        && named.equals(Set.copyOf(names(schema.get("required"))))
        && elements(properties).allMatch(this::holds);
  }

  private boolean definitionsHold(JsonNode schema) {
    return DEFINITIONS.stream()
        .filter(schema::has)
        .map(schema::get)
        .allMatch(named -> named.isObject() && elements(named).allMatch(this::holds));
  }

  /** Of a list, or the values of an object. */
  private static Stream<JsonNode> elements(JsonNode node) {
    List<JsonNode> elements = new ArrayList<>();
    node.forEach(elements::add);
    return elements.stream();
  }

  /** Of one text, or of a list of them. */
  private static List<String> names(JsonNode value) {
    return value.isTextual()
        ? List.of(value.textValue())
        : elements(value).map(JsonNode::asText).toList();
  }
}
