package io.reckon.engine.constraint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Reads the JSON that a schema is written in. */
final class SchemaReader {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private static final int LONGEST_SCHEMA = 1 << 20;

  private SchemaReader() {}

  static SchemaNode read(String schema) {
    if (schema.length() > LONGEST_SCHEMA) {
      throw ConstraintErrors.bad(
          "json-schema has %d characters where %d are allowed"
              .formatted(schema.length(), LONGEST_SCHEMA));
    }
    try {
      JsonNode json = JSON.readTree(schema);
      if (json.isObject() || json.isBoolean()) {
        return new SchemaNode(json, "");
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
}
