package io.reckon.engine.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What types of values schemas allow, and whether two schemas have any value in common. */
final class SchemaTypes {
  private static final Set<String> ALL =
      Set.of("object", "array", "string", "number", "boolean", "null");

  private static final Set<String> OF_NUMBERS =
      Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");

  /** By type; where no type is named, they say which one is meant. */
  private static final Map<String, Set<String>> KEYWORDS =
      Map.of(
          "object", Set.of("properties", "required", "additionalProperties"),
          "array", Set.of("items", "prefixItems", "minItems", "maxItems"),
          "string", Set.of("minLength", "maxLength", "pattern", "format"),
          "number", OF_NUMBERS,
          "integer", OF_NUMBERS,
          "boolean", Set.of(),
          "null", Set.of());

  /** What a schema can call types. */
  static final Set<String> NAMES = KEYWORDS.keySet();

  private SchemaTypes() {}

  /** The keywords that say something of values of a type. */
  static Set<String> keywords(String type) {
    return KEYWORDS.get(type);
  }

  /** The types that a schema names: one, or a list. */
  static Set<String> named(SchemaNode node) {
    Set<String> types = new LinkedHashSet<>();
    List<SchemaNode> named = node.json().isTextual() ? List.of(node) : node.elements();
    for (SchemaNode name : named) {
      if (!NAMES.contains(name.text())) {
        throw name.bad(
            "is '%s'; give object, array, string, number, integer, boolean or null"
                .formatted(name.text()));
      }
      types.add(name.text());
    }
    return types;
  }

  /** The types that a schema without a type has keywords for; none for any value. */
  static Set<String> implied(SchemaNode node) {
    Set<String> types = new LinkedHashSet<>();
    for (String type : List.of("object", "array", "string", "number")) {
      if (KEYWORDS.get(type).stream().anyMatch(node::has)) {
        types.add(type);
      }
    }
    return types;
  }

  static boolean isOneOf(JsonNode value, Set<String> types) {
    boolean whole = value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
    return types.contains(type(value)) || (whole && types.contains("integer"));
  }

  /** Whether two values are equal as JSON has it: 1 is 1.0, and members have no order. */
  static boolean areSame(JsonNode one, JsonNode other) {
    return one.equals(
        (a, b) ->
            a.isNumber() && b.isNumber()
                ? a.decimalValue().compareTo(b.decimalValue())
                : a.equals(b) ? 0 : 1,
        other);
  }

  private static String type(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "object";
      case ARRAY -> "array";
      case STRING -> "string";
      case NUMBER -> "number";
      case BOOLEAN -> "boolean";
      default -> "null";
    };
  }

  /**
   * Whether it is certain that no value that is written for one is allowed by the other. Where no
   * type is named, values of other types than those implied are allowed, and not written.
   *
   * @param resolved follows references
   */
  static boolean areDisjoint(SchemaNode one, SchemaNode other, UnaryOperator<SchemaNode> resolved) {
    if (Collections.disjoint(allowed(one), allowed(other))) {
      return true;
    }
    Optional<Set<String>> values = values(one);
    Optional<Set<String>> others = values(other);
    if (values.isPresent() && others.isPresent()) {
      return Collections.disjoint(values.get(), others.get());
    }
    return onlyObjects(one) && onlyObjects(other) && aPropertyTells(one, other, resolved);
  }

  /** Whether no other values are written. */
  private static boolean onlyObjects(SchemaNode node) {
    boolean named = node.has("type") || node.has("const") || node.has("enum");
    return (named ? allowed(node) : implied(node)).equals(Set.of("object"));
  }

  private static boolean aPropertyTells(
      SchemaNode one, SchemaNode other, UnaryOperator<SchemaNode> resolved) {
    for (JsonNode name : one.json().path("required")) {
      if (isRequired(other, name)) {
        SchemaNode ofOne = one.child("properties").child(name.asText());
        SchemaNode ofOther = other.child("properties").child(name.asText());
        Optional<Set<String>> values = values(resolved.apply(ofOne));
        Optional<Set<String>> others = values(resolved.apply(ofOther));
        if (values.isPresent()
            && others.isPresent()
            && Collections.disjoint(values.get(), others.get())) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isRequired(SchemaNode node, JsonNode name) {
    for (JsonNode required : node.json().path("required")) {
      if (required.equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** The values of a schema that lists them, normalised. */
  private static Optional<Set<String>> values(SchemaNode node) {
    if (node.has("const")) {
      return Optional.of(Set.of(normalised(node.json().path("const"))));
    }
    if (!node.has("enum")) {
      return Optional.empty();
    }
    Set<String> values = new HashSet<>();
    node.json().path("enum").forEach(value -> values.add(normalised(value)));
    return Optional.of(values);
  }

  private static String normalised(JsonNode value) {
    return value.isNumber()
        ? value.decimalValue().stripTrailingZeros().toString()
        : value.toString();
  }

  private static Set<String> allowed(SchemaNode node) {
    Set<String> types = new HashSet<>();
    JsonNode named = node.json().path("type");
    if (named.isTextual()) {
      types.add(named.asText());
    } else if (named.isArray()) {
      named.forEach(type -> types.add(type.asText()));
    } else if (node.has("const")) {
      types.add(type(node.json().path("const")));
    } else if (node.has("enum")) {
      node.json().path("enum").forEach(value -> types.add(type(value)));
    }
    if (types.remove("integer")) {
      types.add("number");
    }
    return types.isEmpty() ? ALL : types;
  }
}
