package io.reckon.engine.remote;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Tells schemas that OpenAI takes as strict ones: every object names all members it may have, and
 * requires them. Others are refused there if they are called strict.
 */
final class StrictSchema {
  /** Keywords whose members are schemas. */
  private static final List<String> NAMED = List.of("properties", "$defs", "definitions");

  /** Keywords that strict schemas know none of. */
  private static final List<String> LOOSE =
      List.of("oneOf", "allOf", "not", "if", "patternProperties", "prefixItems");

  private StrictSchema() {}

  static boolean is(JsonNode schema) {
    return isObject(schema) && isStrict(schema);
  }

  private static boolean isStrict(JsonNode schema) {
    if (!schema.isObject() || LOOSE.stream().anyMatch(schema::has)) {
      return false;
    }
    if (isObject(schema) && !isClosed(schema)) {
      return false;
    }
    for (String keyword : NAMED) {
      for (Map.Entry<String, JsonNode> named : schema.path(keyword).properties()) {
        if (!isStrict(named.getValue())) {
          return false;
        }
      }
    }
    for (JsonNode way : schema.path("anyOf")) {
      if (!isStrict(way)) {
        return false;
      }
    }
    return !schema.has("items") || isStrict(schema.get("items"));
  }

  private static boolean isObject(JsonNode schema) {
    return schema.has("properties") || names(schema.path("type")).contains("object");
  }

  private static boolean isClosed(JsonNode schema) {
    JsonNode others = schema.path("additionalProperties");
    List<String> required = names(schema.path("required"));
    return others.isBoolean()
        && !others.booleanValue()
        && schema.path("properties").properties().stream()
            .allMatch(property -> required.contains(property.getKey()));
  }

  /** Of one text, or of a list of them. */
  private static List<String> names(JsonNode value) {
    List<String> names = new ArrayList<>();
    if (value.isTextual()) {
      names.add(value.textValue());
    }
    value.forEach(name -> names.add(name.asText()));
    return names;
  }
}
