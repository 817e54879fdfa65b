package io.reckon.jobs.batch;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.Generation;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.sql.Row;

/** A line of a batch's results, or of its errors. */
record BatchEntry(boolean failed, String json) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String NOT_DONE = "NOT_DONE";

  /**
   * A request with a sample that failed has failed.
   *
   * @param prompt with its id, its request, its samples and what its results are to have
   */
  static BatchEntry of(Row prompt) {
    String name = prompt.<String>getAs("prompt_id") + "\n" + prompt.<String>getAs("request_key");
    String id =
        UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString().replace("-", "");
    List<Row> samples = samples(prompt);
    ObjectNode entry = JSON.createObjectNode().put("id", "batch_req_" + id);
    entry.put(
        "custom_id", prompt.<Boolean>getAs("nameless") ? null : prompt.<String>getAs("prompt_id"));
    ObjectNode response = entry.putObject("response");
    Optional<Row> failure =
        samples.stream().filter(row -> row.getAs("error_code") != null).findFirst();
    if (samples.isEmpty() || failure.isPresent()) {
      String code = failure.map(row -> row.<String>getAs("error_code")).orElse(NOT_DONE);
      String message = failure.map(row -> row.<String>getAs("error_message")).orElse("not done");
      response.put("status_code", status(code)).put("request_id", "req_" + id);
      response.putObject("body").set("error", error(code, message));
      entry.putObject("error").put("code", code).put("message", message);
      return new BatchEntry(true, entry.toString());
    }
    response.put("status_code", 200).put("request_id", "req_" + id);
    response.set("body", completion(id, samples, prompt.<Boolean>getAs("with_reasoning")));
    entry.putNull("error");
    return new BatchEntry(false, entry.toString());
  }

  private static List<Row> samples(Row prompt) {
    int at = prompt.fieldIndex("samples");
    return prompt.isNullAt(at)
        ? List.of()
        : prompt.<Row>getList(at).stream()
            .sorted(Comparator.comparingInt(sample -> sample.getInt(0)))
            .map(sample -> sample.getStruct(1))
            .toList();
  }

  /** Of a code that this version doesn't know too, as of one that is nobody's fault. */
  private static int status(String name) {
    return Arrays.stream(ErrorCode.values())
        .filter(code -> code.name().equals(name))
        .findFirst()
        .map(BatchEntry::status)
        .orElse(500);
  }

  private static int status(ErrorCode code) {
    return switch (code) {
      case PROMPT_TOO_LONG,
          PROMPT_EMPTY,
          BAD_REQUEST,
          TEMPLATE_REFUSED,
          NO_ROOM_FOR_ANSWER,
          ENDPOINT_REFUSED,
          BAD_OPTION,
          BAD_CHECKPOINT ->
          400;
      // Whatever the endpoint's own was (a 401, 403, 404, 405 and others): we got nothing from it.
      case ENDPOINT_DENIED -> 502;
      case ENDPOINT_UNAVAILABLE -> 503;
      case SCORES_NOT_FINITE,
          REQUEST_FAILED,
          CANCELLED,
          ENGINE_CLOSED,
          ENGINE_FAILED,
          ENGINE_KILLED ->
          500;
    };
  }

  private static ObjectNode error(String code, String message) {
    String type = status(code) == 400 ? "invalid_request_error" : "server_error";
    ObjectNode error = JSON.createObjectNode().put("message", message).put("type", type);
    return error.putNull("param").put("code", code);
  }

  private static ObjectNode completion(String id, List<Row> samples, boolean withReasoning) {
    Row first = samples.get(0);
    ObjectNode body = JSON.createObjectNode().put("id", "chatcmpl-" + id);
    body.put("object", "chat.completion").put("created", first.<Long>getAs("created"));
    body.put("model", first.<String>getAs("model"));
    ArrayNode choices = body.putArray("choices");
    samples.forEach(sample -> choices.add(choice(choices.size(), sample, withReasoning)));
    body.set("usage", usage(samples));
    return body;
  }

  private static ObjectNode choice(int index, Row sample, boolean withReasoning) {
    ObjectNode choice = JSON.createObjectNode().put("index", index);
    ObjectNode message = choice.putObject("message").put("role", "assistant");
    message.put("content", sample.<String>getAs("answer")).putNull("refusal");
    String reasoning = sample.getAs("reasoning");
    if (withReasoning && reasoning != null && !reasoning.isEmpty()) {
      message.put("reasoning_content", reasoning);
    }
    choice.set("logprobs", logprobs(sample));
    boolean cut = sample.<String>getAs("finish_reason").equals("length");
    return choice.put("finish_reason", cut ? "length" : "stop");
  }

  /** Of the answer's tokens, by their ids; null where they were not asked for. */
  private static ObjectNode logprobs(Row sample) {
    int ids = sample.fieldIndex("token_ids");
    if (sample.isNullAt(ids)) {
      return null;
    }
    List<Integer> tokens = sample.getList(ids);
    List<Float> logprobs = sample.getList(sample.fieldIndex("token_logprobs"));
    List<scala.collection.Map<Integer, Float>> likeliest =
        sample.getList(sample.fieldIndex("top_logprobs"));
    int answer = sample.<Integer>getAs("answer_tokens");
    int from =
        Generation.listedBeforeAnswer(
            tokens.size(), sample.<Integer>getAs("reasoning_tokens"), answer);
    int to = Math.min(tokens.size(), from + answer);
    ObjectNode listed = JSON.createObjectNode();
    ArrayNode content = listed.putArray("content");
    for (int i = from; i < to; i++) {
      ObjectNode token = token(tokens.get(i), logprobs.get(i));
      ArrayNode top = token.putArray("top_logprobs");
      scala.jdk.javaapi.CollectionConverters.asJava(likeliest.get(i)).entrySet().stream()
          .sorted(Map.Entry.<Integer, Float>comparingByValue().reversed())
          .forEach(one -> top.add(token(one.getKey(), one.getValue())));
      content.add(token);
    }
    listed.putNull("refusal");
    return listed;
  }

  /** As vLLM writes a token whose text is not at hand. */
  private static ObjectNode token(int id, float logprob) {
    ObjectNode token = JSON.createObjectNode().put("token", "token_id:" + id);
    return token.put("logprob", logprob).putNull("bytes");
  }

  private static ObjectNode usage(List<Row> samples) {
    int prompt = samples.get(0).<Integer>getAs("prompt_tokens");
    int reasoning = sum(samples, "reasoning_tokens");
    int completion = reasoning + sum(samples, "answer_tokens");
    ObjectNode usage = JSON.createObjectNode().put("prompt_tokens", prompt);
    usage.put("completion_tokens", completion).put("total_tokens", prompt + completion);
    usage
        .putObject("prompt_tokens_details")
        .put("cached_tokens", samples.get(0).<Integer>getAs("cached_tokens"));
    usage.putObject("completion_tokens_details").put("reasoning_tokens", reasoning);
    return usage;
  }

  private static int sum(List<Row> samples, String column) {
    return samples.stream().mapToInt(sample -> sample.<Integer>getAs(column)).sum();
  }
}
