package io.reckon.engine.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.reckon.engine.api.EngineException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compiles JSON schemas (draft 2020-12) to the values that answers may be. What is written is
 * always valid, not everything valid can be written: objects have no members but those that the
 * schema names, in its order. What is not supported is refused by its place.
 */
final class SchemaCompiler {
  private static final Set<String> ANNOTATIONS =
      Set.of(
          "title",
          "description",
          "default",
          "examples",
          "$schema",
          "$id",
          "$comment",
          "$defs",
          "definitions",
          "deprecated",
          "readOnly",
          "writeOnly");

  /** Where they may be left out, what is kept grows with their square. */
  private static final int MOST_PROPERTIES = 2000;

  private final Expressions expressions;
  private final JsonGrammar grammar;
  private final SchemaReferences references;
  private final Map<String, Rule> rules = new HashMap<>();

  private SchemaCompiler(Expressions expressions, SchemaNode root) {
    this.expressions = expressions;
    this.grammar = new JsonGrammar(expressions);
    this.references = new SchemaReferences(root);
  }

  /**
   * The values that a schema allows.
   *
   * @throws EngineException {@code BAD_OPTION} with the place of what is malformed or not supported
   */
  static Expression compile(String schema, Expressions expressions) {
    SchemaNode root = SchemaReader.read(schema);
    return new SchemaCompiler(expressions, root).schema(root);
  }

  private Expression schema(SchemaNode node) {
    if (node.json().isBoolean() && node.json().asBoolean()) {
      return grammar.any();
    }
    if (!node.json().isObject()) {
      throw node.bad("is %s; give a schema that allows something".formatted(node.json()));
    }
    for (String combining : List.of("$ref", "const", "enum", "anyOf", "oneOf", "allOf")) {
      if (node.has(combining)) {
        return combined(node, combining);
      }
    }
    return ofTypes(node);
  }

  private Expression combined(SchemaNode node, String keyword) {
    Set<String> beside = new HashSet<>(ANNOTATIONS);
    beside.add(keyword);
    if (keyword.equals("const") || keyword.equals("enum")) {
      beside.add("type");
    }
    if (keyword.equals("const")) {
      beside.add("enum");
    }
    if (keyword.equals("oneOf")) {
      beside.add("discriminator"); // OpenAPI's hint where to look; what is valid is up to oneOf.
    }
    node.allowOnly(beside, "a schema with " + keyword);
    SchemaNode value = node.child(keyword);
    return switch (keyword) {
      case "$ref" -> reference(value);
      case "const" -> constant(node, value);
      case "enum" -> values(node, value.elements());
      case "anyOf" -> anyOf(value);
      case "oneOf" -> oneOf(value);
      default -> allOf(value);
    };
  }

  private Expression reference(SchemaNode node) {
    SchemaNode target = references.target(node);
    Rule known = rules.get(target.pointer());
    if (known == null) {
      known = expressions.rule(target.pointer());
      rules.put(target.pointer(), known);
      known.define(schema(target));
    }
    return expressions.reference(known);
  }

  /** Pydantic writes the one value of a literal as an enum too. */
  private Expression constant(SchemaNode node, SchemaNode value) {
    if (node.has("enum")) {
      SchemaNode listed = node.child("enum");
      if (listed.elements().stream().noneMatch(e -> SchemaTypes.areSame(e.json(), value.json()))) {
        throw listed.bad(
            "does not hold the const beside it, %s, so no value is left".formatted(value.json()));
      }
    }
    return values(node, List.of(value));
  }

  private Expression values(SchemaNode node, List<SchemaNode> values) {
    Set<String> types =
        node.has("type") ? SchemaTypes.named(node.child("type")) : SchemaTypes.NAMES;
    List<Expression> allowed =
        values.stream()
            .filter(value -> SchemaTypes.isOneOf(value.json(), types))
            .map(value -> written(value, value.json()))
            .toList();
    if (allowed.isEmpty()) {
      throw node.bad("has no value of type %s".formatted(String.join(", ", types)));
    }
    return expressions.choice(allowed);
  }

  private Expression written(SchemaNode place, JsonNode value) {
    try {
      return grammar.value(value);
    } catch (EngineException e) {
      throw place.bad(e.getMessage());
    }
  }

  private Expression anyOf(SchemaNode options) {
    return expressions.choice(options.elements().stream().map(this::schema).toList());
  }

  /** The same as any, where no value is of two kinds. */
  private Expression oneOf(SchemaNode options) {
    List<SchemaNode> kinds = options.elements().stream().map(references::resolved).toList();
    for (int i = 0; i < kinds.size(); i++) {
      for (int k = 0; k < i; k++) {
        if (!SchemaTypes.areDisjoint(kinds.get(k), kinds.get(i), references::resolved)) {
          throw options.bad(
              "has the schemas %d and %d, which may both hold; tell them apart by a type in each or by a required property of constant value, or give anyOf"
                  .formatted(k, i));
        }
      }
    }
    return anyOf(options);
  }

  private Expression allOf(SchemaNode options) {
    List<SchemaNode> schemas = options.elements();
    if (schemas.size() > 1) {
      throw options.bad("has more than one schema, which is not supported; make one of them");
    }
    return schema(schemas.get(0));
  }

  private Expression ofTypes(SchemaNode node) {
    Set<String> types =
        node.has("type") ? SchemaTypes.named(node.child("type")) : SchemaTypes.implied(node);
    Set<String> allowed = new HashSet<>(ANNOTATIONS);
    allowed.add("type");
    types.forEach(type -> allowed.addAll(SchemaTypes.keywords(type)));
    node.allowOnly(allowed, types.isEmpty() ? "any value" : String.join(" or ", types));
    return types.isEmpty()
        ? grammar.any()
        : expressions.choice(types.stream().map(type -> ofType(node, type)).toList());
  }

  private Expression ofType(SchemaNode node, String type) {
    return switch (type) {
      case "object" -> object(node);
      case "array" -> array(node);
      case "string" -> new StringSchema(grammar).compile(node);
      case "number" -> new NumberSchema(expressions, grammar).compile(node, false);
      case "integer" -> new NumberSchema(expressions, grammar).compile(node, true);
      case "boolean" -> grammar.booleans();
      default -> grammar.nothing();
    };
  }

  private Expression object(SchemaNode node) {
    List<String> names = node.has("properties") ? properties(node.child("properties")) : List.of();
    Set<String> required = required(node, names);
    JsonNode others = node.json().path("additionalProperties");
    boolean closed = others.isBoolean() && !others.asBoolean();
    if (names.isEmpty() && !closed) {
      SchemaNode value = node.child("additionalProperties");
      return grammar.map(value.json().isMissingNode() ? grammar.any() : schema(value));
    }
    return grammar.object(members(node.child("properties"), names, required));
  }

  private static List<String> properties(SchemaNode node) {
    if (!node.json().isObject()) {
      throw node.bad("is %s; give schemas by name".formatted(node.json()));
    }
    if (node.json().size() > MOST_PROPERTIES) {
      throw node.bad(
          "has %d properties; give at most %d".formatted(node.json().size(), MOST_PROPERTIES));
    }
    return node.names();
  }

  private static Set<String> required(SchemaNode node, List<String> names) {
    Set<String> required = new HashSet<>();
    if (node.has("required") && !node.json().path("required").isEmpty()) {
      for (SchemaNode name : node.child("required").elements()) {
        if (!names.contains(name.text())) {
          throw name.bad(
              "is '%s', which is not among the properties; add it".formatted(name.text()));
        }
        required.add(name.text());
      }
    }
    return required;
  }

  /** Members in the order of their names, from the last to the first. */
  private Expression members(SchemaNode properties, List<String> names, Set<String> required) {
    Expression after = expressions.empty(); // what follows a member
    Expression first = expressions.empty(); // what stands where none is written yet
    for (int i = names.size() - 1; i >= 0; i--) {
      String name = names.get(i);
      Expression member =
          grammar.member(
              written(properties, TextNode.valueOf(name)), schema(properties.child(name)));
      Expression written = expressions.sequence(member, after);
      Expression next = expressions.sequence(grammar.next(member), after);
      boolean optional = !required.contains(name);
      first = optional ? expressions.choice(List.of(written, first)) : written;
      after = optional ? expressions.choice(List.of(next, after)) : next;
    }
    return first;
  }

  private Expression array(SchemaNode node) {
    int least = node.count("minItems", 0);
    int most = node.count("maxItems", Expressions.UNBOUNDED);
    node.child("maxItems").requireOrder(least, most);
    if (node.has("prefixItems")) {
      return grammar.array(tuple(node, least, most));
    }
    if (node.json().path("items").isBoolean() && !node.json().path("items").asBoolean()) {
      node.child("items").requireOrder(least, 0);
      return grammar.array(expressions.empty());
    }
    return most == 0
        ? grammar.array(expressions.empty())
        : grammar.array(grammar.list(items(node), least, most));
  }

  private Expression items(SchemaNode node) {
    return node.has("items") ? schema(node.child("items")) : grammar.any();
  }

  private Expression tuple(SchemaNode node, int least, int most) {
    List<SchemaNode> first = node.child("prefixItems").elements();
    int count = Math.min(first.size(), most);
    boolean closed =
        node.json().path("items").isBoolean() && !node.json().path("items").asBoolean();
    if (closed || most <= count) {
      node.child("items").requireOrder(least, first.size());
    }
    Expression after =
        closed || most <= count
            ? expressions.empty()
            : expressions.repeat(
                grammar.next(items(node)),
                Math.max(0, least - count),
                most == Expressions.UNBOUNDED ? most : most - count);
    for (int i = count - 1; i >= 0; i--) {
      Expression element = schema(first.get(i));
      Expression written = expressions.sequence(i == 0 ? element : grammar.next(element), after);
      after = i < least ? written : expressions.optional(written);
    }
    return after;
  }
}
