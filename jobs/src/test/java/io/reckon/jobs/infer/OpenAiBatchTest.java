package io.reckon.jobs.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reckon.engine.remote.ChatServer;
import io.reckon.engine.remote.EndpointConfiguration;
import io.reckon.jobs.TestSpark;
import io.reckon.jobs.UserError;
import io.reckon.jobs.batch.BatchResults;
import io.reckon.udfs.EngineSettings;
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

  @Test
  void whatIsWrittenDoesNotLieWherePromptsAreRead() throws IOException {
    Files.write(folder.resolve("results.jsonl"), List.of(request("a", 1, "\"max_tokens\": 9")));

    for (String prompts : List.of(folder.toString(), folder.resolve("results.jsonl").toString())) {
      InferOptions options =
          InferOptions.builder(prompts, folder.resolve("out").toString())
              .openAiOutput(folder.toString())
              .build();
      assertThatThrownBy(() -> new InferJob().run(SPARK, options, Progress.NONE))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "--openai-output is '%s', where '%s' is read; give another folder"
                  .formatted(folder, prompts));
    }
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void vllmsOwnMembersAreHonouredOrRefusedByName() throws IOException {
    Files.write(
        folder.resolve("batch.jsonl"),
        List.of(
            request("choice", 1, "\"guided_choice\": [\"1\", \"2\"]"),
            request("regex", 2, "\"structured_outputs\": {\"regex\": \"x[0-9]{3}y\"}"),
            request("json", 3, "\"guided_json\": \"{\\\"const\\\": [7]}\""),
            request("silent", 4, "\"chat_template_kwargs\": {\"enable_thinking\": false}"),
            request("loud", 4, "\"chat_template_kwargs\": {\"thinking\": true}"),
            request("short", 5, "\"thinking_token_budget\": 3"),
            request("hidden", 6, "\"include_reasoning\": false, \"min_tokens\": 0"),
            request("effort", 7, "\"reasoning_effort\": \"high\", \"top_k\": -1"),
            request("least", 8, "\"min_tokens\": 9"),
            request("none", 9, "\"guided_choice\": []")));

    assertThat(sinceLastRun().count().rows()).isEqualTo(10);

    Map<String, JsonNode> choices = new TreeMap<>();
    for (JsonNode entry : entries(BatchResults.RESULTS)) {
      choices.put(entry.get("custom_id").asText(), entry.at("/response/body/choices/0"));
    }
    assertThat(choices)
        .containsOnlyKeys("choice", "effort", "hidden", "json", "loud", "regex", "short", "silent");
    assertThat(content(choices.get("choice"))).isIn("1", "2");
    assertThat(content(choices.get("regex"))).matches("x[0-9]{3}y");
    assertThat(content(choices.get("json"))).isEqualTo("[7]");
    assertThat(content(choices.get("loud"))).isEqualTo("121");
    assertThat(content(choices.get("hidden"))).isEqualTo("123");
    assertThat(content(choices.get("effort"))).isEqualTo("124");
    assertThat(choices.entrySet())
        .filteredOn(choice -> choice.getValue().at("/message/reasoning_content").isMissingNode())
        .extracting(Map.Entry::getKey)
        .containsExactly("hidden", "silent");
    assertThat(entries(BatchResults.ERRORS))
        .extracting(entry -> entry.at("/error/code").asText())
        .containsExactly("BAD_REQUEST", "BAD_OPTION");
    assertThat(entries(BatchResults.ERRORS).get(0).at("/error/message").asText())
        .startsWith("line 9 of batch.jsonl: body.min_tokens is 9");

    assertThat(sinceLastRun().asked()).isZero();
    assertThat(entries(BatchResults.RESULTS)).as("nothing is new").isEmpty();
    assertThat(entries(BatchResults.ERRORS)).isEmpty();
  }

  private RunSummary sinceLastRun() {
    return run(options().sinceLastRun(true));
  }

  private static String content(JsonNode choice) {
    return choice.at("/message/content").asText();
  }

  @Test
  void aServerAnswersABatchInTheEnginesPlace() throws IOException {
    Files.write(
        folder.resolve("batch.jsonl"),
        List.of(
            asking("good 1", "\"max_completion_tokens\": 50, \"user\": \"me\""),
            asking("good 2", "\"temperature\": 1, \"n\": 2, \"reasoning_effort\": \"low\""),
            asking("busy 3", "\"logprobs\": true"),
            asking("marked 4", "\"include_reasoning\": false"),
            asking("json 5", "\"response_format\": {\"type\": \"json_object\"}"),
            asking("json 6", schema()),
            asking("wrong! 7", "\"top_k\": 5"),
            asking("good 8", "\"guided_regex\": \"a\""),
            asking("good 9", "\"tools\": [{}]"),
            "{\"custom_id\": \"torn"));
    try (ChatServer server = ChatServer.start()) {
      EngineSettings engine =
          EngineSettings.endpoint(EndpointConfiguration.of(server.baseUrl(), "some-model"));

      assertThat(run(options().engine(engine)).count().rows()).isEqualTo(11);

      assertThat(server.attempts("good 2")).isEqualTo(2);
      assertThat(server.attempts("busy 3")).isEqualTo(2);
      assertThat(sent(server, "good 1")).contains("\"max_tokens\":50").doesNotContain("\"user\":");
      assertThat(sent(server, "good 2")).contains("\"reasoning_effort\":\"low\"", "\"seed\":");
      assertThat(sent(server, "json 5")).contains("{\"type\":\"json_object\"}");
      assertThat(sent(server, "json 6")).contains("\"strict\":false", "\"maximum\":999");
      assertThat(sent(server, "wrong! 7")).contains("\"top_k\":5");
    }
    assertThat(entries(BatchResults.RESULTS))
        .extracting(entry -> entry.get("custom_id").asText())
        .containsExactly("busy 3", "good 1", "good 2", "json 5", "json 6", "marked 4");
    assertThat(entries(BatchResults.RESULTS).get(0).at("/response/body/choices/0/logprobs/content"))
        .as("one, though the reasoning has six: the server lists the answer's")
        .hasToString(
            "[{\"token\":\"token_id:42\",\"logprob\":-0.25,\"bytes\":null,\"top_logprobs\":[]}]");
    JsonNode good = entries(BatchResults.RESULTS).get(1).at("/response/body");
    assertThat(good.at("/model").asText()).isEqualTo("some-model");
    assertThat(good.at("/choices/0/message/content").asText()).isEqualTo("said good 1");
    assertThat(good.at("/choices/0/message/reasoning_content").asText()).isEqualTo("thought of it");
    assertThat(good.at("/usage"))
        .hasToString(
            "{\"prompt_tokens\":7,\"completion_tokens\":10,\"total_tokens\":17,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":2},"
                + "\"completion_tokens_details\":{\"reasoning_tokens\":6}}");
    assertThat(entries(BatchResults.RESULTS).get(2).at("/response/body/choices")).hasSize(2);
    assertThat(entries(BatchResults.RESULTS).get(5).at("/response/body/choices/0/message"))
        .hasToString("{\"role\":\"assistant\",\"content\":\"said marked 4\",\"refusal\":null}");
    assertThat(entries(BatchResults.ERRORS))
        .extracting(entry -> entry.get("custom_id") + " " + entry.at("/error/code").asText())
        .containsExactly(
            "\"good 8\" BAD_OPTION",
            "\"good 9\" BAD_REQUEST",
            "null BAD_REQUEST",
            "\"wrong! 7\" ENDPOINT_REFUSED");
  }

  private static String sent(ChatServer server, String prompt) {
    return server.requests().stream()
        .map(JsonNode::toString)
        .filter(request -> request.contains("\"" + prompt + "\""))
        .findFirst()
        .orElseThrow();
  }

  /** A request whose id is its prompt. */
  private static String asking(String prompt, String options) {
    return request(prompt, 0, options).replace("What is 100 + 17?", prompt);
  }

  private RunSummary run() {
    return run(options());
  }

  private static RunSummary run(InferOptions.Builder options) {
    return new InferJob().run(SPARK, options.build(), Progress.NONE);
  }

  private InferOptions.Builder options() {
    return InferOptions.builder(
            folder.resolve("batch.jsonl").toString(), folder.resolve("out").toString())
        .openAiOutput(folder.resolve("results").toString())
        .report(false)
        .examples(0);
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
