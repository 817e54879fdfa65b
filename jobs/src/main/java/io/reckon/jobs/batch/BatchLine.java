package io.reckon.jobs.batch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reckon.udfs.RowOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** One line of a batch file. */
final class BatchLine {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();
  private static final String ENDPOINT = "/chat/completions";

  private BatchLine() {}

  /** Whether a line, perhaps cut off, has the members of a request. */
  static boolean looksLikeOne(String line) {
    Set<String> names = new HashSet<>();
    try (JsonParser parser = JSON.createParser(line)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          names.add(parser.currentName());
          parser.nextToken();
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      // What came before the place where it is cut off, or broken, tells enough.
    }
    return names.containsAll(Set.of("custom_id", "url", "body"));
  }

  /** A row of {@link BatchFile#LINES}. */
  static Row row(NumberedLine line) {
    JsonNode request;
    try {
      request = JSON.readTree(line.text());
    } catch (JsonProcessingException e) {
      return refused(line, null, "the line is no JSON (" + e.getOriginalMessage() + ")");
    }
    JsonNode id = request.path("custom_id");
    if (!request.isObject() || !id.isTextual() || id.textValue().isEmpty()) {
      return refused(line, null, "custom_id is missing or no text; give each request one");
    }
    try {
      requireChat(request);
      BatchBody body = BatchBody.read(request.get("body"));
      return row(line, id.textValue(), messages(body), body.overrides());
    } catch (RefusedRequestException e) {
      return refused(line, id.textValue(), e.getMessage());
    }
  }

  private static void requireChat(JsonNode request) throws RefusedRequestException {
    JsonNode method = request.path("method");
    if (!method.asText().equals("POST")) {
      throw new RefusedRequestException("method is %s; give \"POST\"".formatted(shown(method)));
    }
    JsonNode url = request.path("url");
    if (!url.isTextual() || !url.textValue().endsWith(ENDPOINT)) {
      throw new RefusedRequestException(
          "url is %s; give \"/v1/chat/completions\"".formatted(shown(url)));
    }
    if (!request.path("body").isObject()) {
      throw new RefusedRequestException("body is missing or no object; give one with messages");
    }
  }

  private static String shown(JsonNode value) {
    return value.isMissingNode() ? "missing" : value.toString();
  }

  private static Row[] messages(BatchBody body) {
    List<Row> rows = new ArrayList<>();
    body.messages()
        .forEach(message -> rows.add(RowFactory.create(message.role(), message.content())));
    return rows.toArray(Row[]::new);
  }

  private static Row refused(NumberedLine line, String idOrNull, String why) {
    ObjectNode overrides = JSON.createObjectNode();
    overrides.put(RowOptions.REFUSED, line.place() + ": " + why);
    if (idOrNull == null) {
      overrides.put(BatchFile.NAMELESS, true);
    }
    return row(line, idOrNull, null, overrides.toString());
  }

  private static Row row(
      NumberedLine line, String idOrNull, Row[] messagesOrNull, String overridesOrNull) {
    return RowFactory.create(line.number(), idOrNull, messagesOrNull, overridesOrNull, line.file());
  }
}
