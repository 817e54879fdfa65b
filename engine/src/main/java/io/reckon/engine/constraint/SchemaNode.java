package io.reckon.engine.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import io.reckon.engine.api.EngineException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A schema, or another part of one, and where it stands.
 *
 * @param pointer JSON pointer from the root, empty for the root itself
 */
record SchemaNode(JsonNode json, String pointer) {
  private static final int MOST_COUNT = 1_000_000;
  private static final BigDecimal NO_COUNT = BigDecimal.ONE.negate();

  SchemaNode child(String name) {
    return new SchemaNode(
        json.path(name), pointer + "/" + name.replace("~", "~0").replace("/", "~1"));
  }

  SchemaNode child(int index) {
    return new SchemaNode(json.path(index), pointer + "/" + index);
  }

  boolean has(String name) {
    return json.has(name);
  }

  List<String> names() {
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** The elements of a list that must be there and not be empty. */
  List<SchemaNode> elements() {
    if (!json.isArray() || json.isEmpty()) {
      throw bad("is %s; give a list that is not empty".formatted(json));
    }
    List<SchemaNode> elements = new ArrayList<>();
    for (int i = 0; i < json.size(); i++) {
      elements.add(child(i));
    }
    return elements;
  }

  String text() {
    if (!json.isTextual()) {
      throw bad("is %s; give a string".formatted(json));
    }
    return json.asText();
  }

  /** A number of characters or elements; {@code otherwise} where there is none. */
  int count(String name, int otherwise) {
    if (!has(name)) {
      return otherwise;
    }
    SchemaNode value = child(name);
    BigDecimal count =
        value.json.isNumber() ? value.json.decimalValue().stripTrailingZeros() : NO_COUNT;
    boolean whole = count.scale() <= 0;
    if (!whole || count.signum() < 0 || count.compareTo(BigDecimal.valueOf(MOST_COUNT)) > 0) {
      throw value.bad("is %s; give a whole number from 0 to %d".formatted(value.json, MOST_COUNT));
    }
    return count.intValueExact();
  }

  Optional<BigDecimal> number(String name) {
    if (!has(name)) {
      return Optional.empty();
    }
    SchemaNode value = child(name);
    if (!value.json.isNumber()) {
      throw value.bad("is %s; give a number".formatted(value.json));
    }
    BigDecimal number = value.json.decimalValue().stripTrailingZeros();
    if (number.precision() - number.scale() > 30 || number.scale() > 30) {
      throw value.bad("is %s; give a number of at most 30 digits".formatted(value.json));
    }
    return Optional.of(number);
  }

  /** Refuses what is not among some keywords. */
  void allowOnly(Set<String> keywords, String kind) {
    for (String name : names()) {
      if (!keywords.contains(name) && !name.startsWith("x-")) {
        throw child(name).bad("is not supported for %s; leave it out".formatted(kind));
      }
    }
  }

  /** Refuses a largest count, which stands here, that is below the least. */
  void requireOrder(int least, int most) {
    if (most < least) {
      throw bad("leaves no value: the least is %d and the most %d".formatted(least, most));
    }
  }

  EngineException bad(String problem) {
    return ConstraintErrors.at(pointer, problem);
  }
}
