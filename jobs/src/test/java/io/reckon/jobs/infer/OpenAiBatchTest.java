package io.reckon.jobs.infer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reckon.jobs.TestSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batch files of OpenAI's, from requests to results, with the built-in model. */
class OpenAiBatchTest {
  private static final SparkSession SPARK = TestSpark.session();
  private static final JsonMapper JSON = new JsonMapper();
  private static final int OF_A_KIND = 20;

  @TempDir Path folder;

  @Test
  void everyRequestHasOneEntryOverBothFiles() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < OF_A_KIND; i++) {
      lines.add(request("plain-" + i, i, "\"max_tokens\": 90"));
      lines.add(request("drawn-" + i, i, "\"temperature\": 0.7, \"top_p\": 0.9, \"seed\": 5"));
      lines.add(request("twice-" + i, i, "\"temperature\": 1, \"n\": 2, \"max_tokens\": 40"));
      lines.add(request("schema-" + i, i, schema()));
      lines.add(request("logprobs-" + i, i, "\"logprobs\": true, \"top_logprobs\": 3"));
      lines.add("{\"custom_id\": \"torn-" + i + "\", \"method\": \"POST\", \"url");
      lines.add(request("", i, "\"max_tokens\": 9"));
      lines.add(request("plain-" + i, i, "\"max_tokens\": 8"));
      lines.add(request("tools-" + i, i, "\"tools\": [{\"type\": \"function\"}]"));
      lines.add(
          i % 2 == 0
              ? "{\"custom_id\": \"odd-%d\", \"method\": \"POST\", \"url\": \"/v1/embeddings\"}"
                  .formatted(i)
              : request("odd-" + i, i, "\"top_p\": 7"));
    }
    Files.write(folder.resolve("batch.jsonl"), lines);

    RunSummary first = run();

    assertThat(first.count().rows()).isEqualTo(220);
    assertThat(first.asked()).isEqualTo(220);
    List<JsonNode> results = entries(BatchResults.RESULTS);
    List<JsonNode> errors = entries(BatchResults.ERRORS);
    assertThat(results).hasSize(100);
    assertThat(errors).hasSize(100);
    assertThat(times(results, errors)).hasSize(141).containsEntry("null", 60);
    assertThat(times(results, errors).entrySet())
        .filteredOn(id -> !id.getKey().equals("null"))
        .allSatisfy(id -> assertThat(id.getValue()).as(id.getKey()).isEqualTo(1));
    results.forEach(OpenAiBatchTest::checkResult);
    errors.forEach(OpenAiBatchTest::checkError);

    RunSummary second = run();

    assertThat(second.count().rows()).isZero();
    assertThat(entries(BatchResults.RESULTS)).isEqualTo(results);
    assertThat(entries(BatchResults.ERRORS)).isEqualTo(errors);
  }

  private RunSummary run() {
    return new InferJob()
        .run(
            SPARK,
            InferOptions.builder(
                    folder.resolve("batch.jsonl").toString(), folder.resolve("out").toString())
                .openAiOutput(folder.resolve("results").toString())
                .report(false)
                .examples(0)
                .build(),
            Progress.NONE);
  }

  private static String request(String id, int number, String options) {
    return """
        {"custom_id": "%s", "method": "POST", "url": "/v1/chat/completions", "body": {\
        "model": "some-model", "messages": [{"role": "user", "content": "What is %d + 17?"}], %s}}"""
        .formatted(id, 100 + number, options);
  }

  private static String schema() {
    return """
        "max_completion_tokens": 120, "response_format": {"type": "json_schema", "json_schema": {\
        "name": "sum", "strict": true, "schema": {"type": "object", "required": ["n"], \
        "properties": {"n": {"type": "integer", "minimum": 0, "maximum": 999}}}}}""";
  }

  private static void checkResult(JsonNode entry) {
    String id = entry.get("custom_id").textValue();
    JsonNode response = entry.get("response");
    JsonNode body = response.get("body");
    JsonNode choices = body.get("choices");
    assertThat(entry.get("error").isNull()).isTrue();
    assertThat(response.get("status_code").intValue()).isEqualTo(200);
    assertThat(body.get("object").textValue()).isEqualTo("chat.completion");
    assertThat(body.at("/usage/total_tokens").intValue()).isPositive();
    assertThat(choices).hasSize(id.startsWith("twice") ? 2 : 1);
    String content = choices.at("/0/message/content").textValue();
    if (id.startsWith("plain")) {
      assertThat(content).isEqualTo(Integer.toString(117 + Integer.parseInt(id.substring(6))));
    }
    if (id.startsWith("schema")) {
      assertThat(content).startsWith("{").contains("\"n\":").endsWith("}");
    }
    assertThat(choices.at("/0/logprobs").isNull()).isEqualTo(!id.startsWith("logprobs"));
    if (id.startsWith("logprobs")) {
      assertThat(choices.at("/0/logprobs/content/0/top_logprobs")).hasSize(3);
    }
  }

  private static void checkError(JsonNode entry) {
    String id = entry.get("custom_id").asText();
    String code = entry.at("/error/code").textValue();
    assertThat(code).isEqualTo(id.matches("odd-\\d*[13579]") ? "BAD_OPTION" : "BAD_REQUEST");
    assertThat(entry.at("/response/status_code").intValue()).isEqualTo(400);
    assertThat(entry.at("/response/body/error/message").textValue())
        .isEqualTo(entry.at("/error/message").textValue())
        .isNotBlank();
    if (id.startsWith("tools")) {
      assertThat(entry.at("/error/message").textValue()).contains("body.tools");
    }
  }

  private static Map<String, Integer> times(List<JsonNode> results, List<JsonNode> errors) {
    Map<String, Integer> times = new TreeMap<>();
    results.forEach(entry -> times.merge(entry.get("custom_id").asText(), 1, Integer::sum));
    errors.forEach(entry -> times.merge(entry.get("custom_id").asText(), 1, Integer::sum));
    return times;
  }

  private List<JsonNode> entries(String file) throws IOException {
    List<JsonNode> entries = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("results").resolve(file))) {
      entries.add(JSON.readTree(line));
    }
    return entries;
  }
}
