package io.reckon.engine.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** The schemas and expressions of {@code schemas.json} and {@code regexes.json}. */
public final class Schemas {
  private Schemas() {}

  public static List<String> schemas() throws IOException {
    List<String> schemas = new ArrayList<>();
    read("schemas.json").forEach(schema -> schemas.add(schema.toString()));
    return schemas;
  }

  public static List<String> regexes() throws IOException {
    List<String> regexes = new ArrayList<>();
    read("regexes.json").forEach(regex -> regexes.add(regex.asText()));
    return regexes;
  }

  private static JsonNode read(String name) throws IOException {
    try (InputStream in = Schemas.class.getResourceAsStream(name)) {
      return new JsonMapper().readTree(in);
    }
  }
}
