package io.reckon.engine.constraint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.constraint.NumberRange.Bound;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.Operations;

/**
 * Compiles JSON schemas (draft 2020-12) to the values that answers may be. What is written is
 * always valid, not everything valid can be written: objects have no members but those that the
 * schema names, in its order. What is not supported is refused by its place.
 */
final class SchemaCompiler {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private static final int LONGEST_SCHEMA = 1 << 20;
  private static final int MOST_MULTIPLE = 1000;

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

  private static final Set<String> OF_OBJECTS =
      Set.of("properties", "required", "additionalProperties");
  private static final Set<String> OF_ARRAYS =
      Set.of("items", "prefixItems", "minItems", "maxItems");
  private static final Set<String> OF_STRINGS =
      Set.of("minLength", "maxLength", "pattern", "format");
  private static final Set<String> OF_NUMBERS =
      Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");

  private static final Map<String, Set<String>> KEYWORDS =
      Map.of(
          "object", OF_OBJECTS,
          "array", OF_ARRAYS,
          "string", OF_STRINGS,
          "number", OF_NUMBERS,
          "integer", OF_NUMBERS,
          "boolean", Set.of(),
          "null", Set.of());

  private final Expressions expressions;
  private final JsonGrammar grammar;
  private final SchemaNode root;
  private final Map<String, Rule> rules = new HashMap<>();

  private SchemaCompiler(Expressions expressions, SchemaNode root) {
    this.expressions = expressions;
    this.grammar = new JsonGrammar(expressions);
    this.root = root;
  }

  /**
   * The values that a schema allows.
   *
   * @throws EngineException {@code BAD_OPTION} with the place of what is malformed or not supported
   */
  static Expression compile(String schema, Expressions expressions) {
    SchemaNode root = new SchemaNode(read(schema), "");
    return new SchemaCompiler(expressions, root).schema(root);
  }

  private static JsonNode read(String schema) {
    if (schema.length() > LONGEST_SCHEMA) {
      throw ConstraintErrors.bad(
          "json-schema has %d characters where %d are allowed"
              .formatted(schema.length(), LONGEST_SCHEMA));
    }
    try {
      JsonNode json = JSON.readTree(schema);
      if (json.isObject() || json.isBoolean()) {
        return json;
      }
      throw ConstraintErrors.bad("json-schema is no JSON object; give a schema");
    } catch (JsonProcessingException e) {
      throw ConstraintErrors.bad(
          "json-schema is no JSON: %s (line %d, column %d)"
              .formatted(
                  e.getOriginalMessage(),
                  e.getLocation().getLineNr(),
                  e.getLocation().getColumnNr()));
    }
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
    node.allowOnly(beside, "a schema with " + keyword);
    SchemaNode value = node.child(keyword);
    return switch (keyword) {
      case "$ref" -> reference(value);
      case "const" -> values(node, List.of(value));
      case "enum" -> values(node, value.elements());
      case "anyOf" -> anyOf(value);
      case "oneOf" -> oneOf(value);
      default -> allOf(value);
    };
  }

  private Expression reference(SchemaNode node) {
    SchemaNode target = target(node);
    Rule known = rules.get(target.pointer());
    if (known == null) {
      known = expressions.rule(target.pointer());
      rules.put(target.pointer(), known);
      known.define(schema(target));
    }
    return expressions.reference(known);
  }

  private SchemaNode target(SchemaNode reference) {
    String pointer = reference.text();
    if (!pointer.equals("#") && !pointer.startsWith("#/")) {
      throw reference.bad(
          "is '%s'; only places in this schema, #/..., can be meant".formatted(pointer));
    }
    SchemaNode at = root;
    String path = pointer.equals("#") ? "" : pointer.substring(2);
    for (String name : path.isEmpty() ? List.<String>of() : List.of(path.split("/", -1))) {
      String plain = name.replace("~1", "/").replace("~0", "~");
      at =
          at.json().isArray() && plain.matches("\\d{1,6}")
              ? at.child(Integer.parseInt(plain))
              : at.child(plain);
    }
    if (at.json().isMissingNode()) {
      throw reference.bad("is '%s', which is not there".formatted(pointer));
    }
    return at;
  }

  private Expression values(SchemaNode node, List<SchemaNode> values) {
    Set<String> types = node.has("type") ? types(node.child("type")) : KEYWORDS.keySet();
    List<Expression> allowed =
        values.stream()
            .map(SchemaNode::json)
            .filter(value -> SchemaTypes.isOneOf(value, types))
            .map(grammar::value)
            .toList();
    if (allowed.isEmpty()) {
      throw node.bad("has no value of type %s".formatted(String.join(", ", types)));
    }
    return expressions.choice(allowed);
  }

  private Expression anyOf(SchemaNode options) {
    return expressions.choice(options.elements().stream().map(this::schema).toList());
  }

  /** The same as any, where no value is of two kinds. */
  private Expression oneOf(SchemaNode options) {
    List<SchemaNode> kinds = options.elements().stream().map(this::resolved).toList();
    for (int i = 0; i < kinds.size(); i++) {
      for (int k = 0; k < i; k++) {
        if (!SchemaTypes.areDisjoint(kinds.get(k), kinds.get(i), this::resolved)) {
          throw options.bad(
              "has the schemas %d and %d, which may both hold; tell them apart by type or by a required property of constant value, or give anyOf"
                  .formatted(k, i));
        }
      }
    }
    return anyOf(options);
  }

  private SchemaNode resolved(SchemaNode node) {
    Set<String> seen = new HashSet<>();
    SchemaNode at = node;
    while (at.json().isObject() && at.has("$ref")) {
      at = target(at.child("$ref"));
      if (!seen.add(at.pointer())) {
        throw at.bad("refers to itself before it says anything; end that");
      }
    }
    return at;
  }

  private Expression allOf(SchemaNode options) {
    List<SchemaNode> schemas = options.elements();
    if (schemas.size() > 1) {
      throw options.bad("has more than one schema, which is not supported; make one of them");
    }
    return schema(schemas.get(0));
  }

  private Expression ofTypes(SchemaNode node) {
    Set<String> types = node.has("type") ? types(node.child("type")) : SchemaTypes.implied(node);
    Set<String> allowed = new HashSet<>(ANNOTATIONS);
    allowed.add("type");
    types.forEach(type -> allowed.addAll(KEYWORDS.get(type)));
    node.allowOnly(allowed, types.isEmpty() ? "any value" : String.join(" or ", types));
    return types.isEmpty()
        ? grammar.any()
        : expressions.choice(types.stream().map(type -> ofType(node, type)).toList());
  }

  private static Set<String> types(SchemaNode node) {
    Set<String> types = new LinkedHashSet<>();
    List<SchemaNode> named = node.json().isTextual() ? List.of(node) : node.elements();
    for (SchemaNode name : named) {
      if (!KEYWORDS.containsKey(name.text())) {
        throw name.bad(
            "is '%s'; give object, array, string, number, integer, boolean or null"
                .formatted(name.text()));
      }
      types.add(name.text());
    }
    return types;
  }

  private Expression ofType(SchemaNode node, String type) {
    return switch (type) {
      case "object" -> object(node);
      case "array" -> array(node);
      case "string" -> string(node);
      case "number" -> number(node, false);
      case "integer" -> number(node, true);
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
          grammar.member(grammar.value(TextNode.valueOf(name)), schema(properties.child(name)));
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
    requireOrder(node.child("maxItems"), least, most);
    if (node.has("prefixItems")) {
      return grammar.array(tuple(node, least, most));
    }
    if (node.json().path("items").isBoolean() && !node.json().path("items").asBoolean()) {
      requireOrder(node.child("items"), least, 0);
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
      requireOrder(node.child("items"), least, first.size());
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

  private static void requireOrder(SchemaNode end, int least, int most) {
    if (most < least) {
      throw end.bad("leaves no value: the least is %d and the most %d".formatted(least, most));
    }
  }

  private Expression string(SchemaNode node) {
    int least = node.count("minLength", 0);
    int most = node.count("maxLength", Expressions.UNBOUNDED);
    requireOrder(node.child("maxLength"), least, most);
    List<Automaton> all = new ArrayList<>();
    if (node.has("pattern")) {
      all.add(pattern(node.child("pattern")));
    }
    if (node.has("format")) {
      all.add(format(node.child("format")));
    }
    if (all.isEmpty()) {
      return grammar.strings(least, most);
    }
    if (least > 0 || most != Expressions.UNBOUNDED) {
      requireSmall(node, least, most);
      all.add(TextAutomata.lengths(least, most));
    }
    return strings(node, all);
  }

  private static void requireSmall(SchemaNode node, int least, int most) {
    if (Math.max(least, most == Expressions.UNBOUNDED ? 0 : most) > 2000) {
      throw node.bad("counts more than 2000 characters beside a pattern or format; count fewer");
    }
  }

  private Expression strings(SchemaNode node, List<Automaton> all) {
    Optional<Automaton> both = TextAutomata.deterministic(all.get(0));
    for (Automaton other : all.subList(1, all.size())) {
      both =
          both.flatMap(
              one ->
                  TextAutomata.deterministic(other).map(two -> Operations.intersection(one, two)));
    }
    if (both.map(Operations::isEmpty).orElse(false)) {
      throw node.bad("leaves no string: its pattern, format and lengths contradict each other");
    }
    return both.flatMap(grammar::strings)
        .orElseThrow(() -> node.bad("is too large an automaton; repeat less in its pattern"));
  }

  private static Automaton pattern(SchemaNode node) {
    try {
      return RegexParser.anywhere(node.text());
    } catch (EngineException e) {
      throw node.bad(e.getMessage());
    }
  }

  private static Automaton format(SchemaNode node) {
    String pattern =
        StringFormats.pattern(node.text())
            .orElseThrow(
                () ->
                    node.bad(
                        "is '%s', which is not supported; give one of %s, or a pattern"
                            .formatted(node.text(), StringFormats.names())));
    return RegexParser.whole(pattern);
  }

  private Expression number(SchemaNode node, boolean whole) {
    if (Stream.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
        .noneMatch(node::has)) {
      return whole ? grammar.whole() : grammar.number();
    }
    Optional<Bound> least = tighter(node, "minimum", "exclusiveMinimum", 1);
    Optional<Bound> most = tighter(node, "maximum", "exclusiveMaximum", -1);
    Optional<BigDecimal> multiple = node.number("multipleOf");
    int divisor = multiple.map(m -> divisor(node, m, whole)).orElse(1);
    int fraction = whole ? 0 : multiple.map(m -> Math.max(0, m.scale())).orElse(NumberRange.DIGITS);
    Expression numbers =
        grammar
            .numbers(new NumberRange(least, most, fraction), divisor)
            .orElseThrow(() -> node.bad("has too many digits in its bounds"));
    if (numbers == expressions.nothing()) {
      throw node.bad("leaves no number between its bounds");
    }
    return numbers;
  }

  private static Optional<Bound> tighter(
      SchemaNode node, String inclusive, String exclusive, int sign) {
    Optional<BigDecimal> with = node.number(inclusive);
    Optional<BigDecimal> without = node.number(exclusive);
    if (with.isPresent() && without.isPresent()) {
      return sign * with.get().compareTo(without.get()) > 0
          ? with.map(value -> new Bound(value, false))
          : without.map(value -> new Bound(value, true));
    }
    return with.map(value -> new Bound(value, false))
        .or(() -> without.map(value -> new Bound(value, true)));
  }

  /** Of whole numbers; fractions have as many digits as a negative power of ten. */
  private static int divisor(SchemaNode node, BigDecimal multiple, boolean whole) {
    boolean small =
        multiple.signum() > 0
            && multiple.scale() <= 0
            && multiple.compareTo(BigDecimal.valueOf(MOST_MULTIPLE)) <= 0;
    if (small && (whole || multiple.compareTo(BigDecimal.ONE) == 0)) {
      return multiple.intValueExact();
    }
    if (!whole && multiple.scale() > 0 && multiple.unscaledValue().equals(BigInteger.ONE)) {
      return 1;
    }
    throw node.child("multipleOf")
        .bad(
            "is %s, which is not supported; give a whole number up to %d for integers, or 1, 0.1, 0.01, ... for numbers"
                .formatted(multiple.toPlainString(), MOST_MULTIPLE));
  }
}
