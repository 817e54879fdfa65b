package io.reckon.engine.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.FinishReason;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.ReasoningMarkers;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.api.Thinking;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteEngineTest {
  private static final String KEY = "sk-do-not-tell-1234567890";
  private static final SamplingParameters SAMPLING = SamplingParameters.GREEDY;

  private ChatServer server;
  private InferenceEngine engine;

  @BeforeEach
  void start() throws IOException {
    server = ChatServer.start();
    engine = open(4, 0, 2);
  }

  @AfterEach
  void stop() {
    engine.close();
    server.close();
  }

  private InferenceEngine open(int concurrency, int requestsPerMinute, int retries) {
    return RemoteEngine.open(
        new EndpointConfiguration(
            server.baseUrl(), "m", "THE_KEY", concurrency, requestsPerMinute, retries, 1, Set.of()),
        ReasoningMarkers.OF_MODEL,
        Map.of("THE_KEY", KEY)::get);
  }

  private Generation ask(String prompt) throws InterruptedException {
    return ask(prompt, SAMPLING);
  }

  private Generation ask(String prompt, SamplingParameters sampling) throws InterruptedException {
    return submit(prompt, sampling).result().join();
  }

  private GenerationHandle submit(String prompt, SamplingParameters sampling)
      throws InterruptedException {
    return engine.submit(new GenerationRequest(List.of(Message.user(prompt)), sampling));
  }

  private EngineException failureOf(String prompt) throws InterruptedException {
    try {
      Generation generation = ask(prompt);
      throw new AssertionError("answered " + generation);
    } catch (CompletionException e) {
      assertThat(e).hasStackTraceContaining("EngineException");
      assertThat(stackTrace(e)).doesNotContain(KEY);
      return (EngineException) e.getCause();
    }
  }

  private static String stackTrace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Test
  void countsWhatTheServerCounts() throws InterruptedException {
    Generation generation = ask("hello");
    assertThat(generation.answer()).isEqualTo("said hello");
    assertThat(generation.reasoning()).isEqualTo("thought of it");
    assertThat(generation.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(generation.promptTokens()).isEqualTo(7);
    assertThat(generation.cachedTokens()).isEqualTo(2);
    assertThat(generation.reasoningTokens()).isEqualTo(6);
    assertThat(generation.answerTokens()).isEqualTo(4);
    assertThat(engine.counters().generatedTokens()).isEqualTo(10);
    assertThat(server.authorizations()).containsExactly("Bearer " + KEY);
  }

  @Test
  void splitsReasoningThatStandsInTheText() throws InterruptedException {
    Generation generation = ask("marked! x");
    assertThat(generation.reasoning()).isEqualTo("hm");
    assertThat(generation.answer()).isEqualTo("said marked! x");
    assertThat(generation.reasoningTokens()).isEqualTo(1);
    Generation cut = ask("cut! x");
    assertThat(cut.reasoningTruncated()).isTrue();
    assertThat(cut.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(cut.answer()).isEmpty();
    assertThat(cut.reasoningTokens()).isEqualTo(10);
  }

  @Test
  void readsContentThatIsAListOfChunks() throws InterruptedException {
    String thinking =
        """
        {"type":"thinking","thinking":[{"type":"text","text":"h"},{"type":"text","text":"m"}]}""";
    String text = "{\"type\":\"text\",\"text\":\"4\"},{\"type\":\"text\",\"text\":\"2\"}";
    String reference = "{\"type\":\"reference\",\"reference_ids\":[1]}";
    Generation thought = ask("content:[" + String.join(",", thinking, text, reference) + "]! x");
    assertThat(thought.reasoning()).isEqualTo("hm");
    assertThat(thought.answer()).isEqualTo("42");
    assertThat(thought.reasoningTokens()).as("its share of the characters").isEqualTo(5);
    assertThat(ask("content:[" + text + "]! x").answer()).isEqualTo("42");
    assertThat(ask("content:[" + thinking + "]! x").answer()).isEmpty();
    assertThat(ask("content:[]! x").answer()).isEmpty();
  }

  @Test
  void splitsReasoningThatStandsInChunksOfText() throws InterruptedException {
    Generation generation =
        ask("content:[{\"type\":\"text\",\"text\":\"<think>hm</think>42\"}]! x");
    assertThat(generation.reasoning()).isEqualTo("hm");
    assertThat(generation.answer()).isEqualTo("42");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"text\":\"42\"}", "42", "[\"42\"]", "[{\"type\":\"text\",\"text\":42}]"})
  void refusesAWholeReplyThatIsNotTheProtocols(String content) throws InterruptedException {
    String prompt = "content:" + content + "! x";
    EngineException failure = failureOf(prompt);
    assertThat(failure.code()).isEqualTo(ErrorCode.ENDPOINT_REFUSED);
    assertThat(failure).hasMessageContaining("content").hasMessageContaining("42");
    assertThat(server.attempts(prompt)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"busy", "broken", "away", "truncated", "garbled", "empty", "slow", "unserved:503"})
  void triesAgainWhatMayPass(String way) throws InterruptedException {
    assertThat(ask(way + " x").answer()).isEqualTo("said " + way + " x");
    assertThat(server.attempts(way + " x")).isEqualTo(2);
  }

  @Test
  void givesUpAfterTheRetries() throws InterruptedException {
    EngineException failure = failureOf("broken! x");
    assertThat(failure.code()).isEqualTo(ErrorCode.ENDPOINT_UNAVAILABLE);
    assertThat(failure).hasMessageContaining("failed 3 times").hasMessageContaining("500");
    assertThat(server.attempts("broken! x")).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "wrong, ENDPOINT_REFUSED, what is this? Bearer ***",
    "denied, ENDPOINT_DENIED, Incorrect API key: Bearer ***",
    "poor, ENDPOINT_DENIED, pay first",
    "unserved:400, ENDPOINT_DENIED, 400: no such model",
    "unserved:404, ENDPOINT_DENIED, 404: no such model",
    "long, PROMPT_TOO_LONG, too many tokens",
    "filtered, ENDPOINT_REFUSED, content filter"
  })
  void failsAtOnceWhatWillNotPass(String way, ErrorCode code, String message)
      throws InterruptedException {
    EngineException failure = failureOf(way + "! x");
    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure).hasMessageContaining(message);
    assertThat(server.attempts(way + "! x")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"numbered:503", "numbered:429", "numbered:408", "limited"})
  void triesAgainWhereTheErrorsCodeIsANumber(String way) throws InterruptedException {
    assertThat(ask(way + " x").answer()).isEqualTo("said " + way + " x");
    assertThat(server.attempts(way + " x")).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "numbered:400, ENDPOINT_REFUSED",
    "numbered:401, ENDPOINT_DENIED",
    "numbered:402, ENDPOINT_DENIED",
    "numbered:403, ENDPOINT_DENIED",
    "numbered:404, ENDPOINT_DENIED",
    "numbered:405, ENDPOINT_DENIED",
    "numbered:422, ENDPOINT_REFUSED"
  })
  void goesByTheStatusWhereTheErrorsCodeIsANumber(String way, ErrorCode code)
      throws InterruptedException {
    EngineException failure = failureOf(way + "! x");
    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure).hasMessageContaining("no");
    assertThat(server.attempts(way + "! x")).isEqualTo(1);
  }

  @Test
  void saysWhatToCheckWhereNothingIsServed() throws InterruptedException {
    EngineException failure = failureOf("numbered:404! x");
    assertThat(failure.code().isTransient()).as("the next run asks again").isTrue();
    assertThat(failure).hasMessageContaining("--base-url").hasMessageContaining("--model");
  }

  @Test
  void waitsAsLongAsItIsAskedToWhereTheErrorsCodeIsANumber() throws InterruptedException {
    ask("limited x");
    assertThat(server.firstDelay("limited x")).isGreaterThan(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"abort", "error", "insufficient_system_resource", "tool_calls"})
  void anAnswerThatWasBrokenOffIsNone(String reason) throws InterruptedException {
    String passing = "finish:" + reason + " x";
    assertThat(ask(passing).answer()).isEqualTo("said " + passing);
    engine.close();
    engine = open(1, 0, 1);
    EngineException failure = failureOf("finish:" + reason + "! x");
    assertThat(failure.code()).isEqualTo(ErrorCode.ENDPOINT_UNAVAILABLE);
    assertThat(failure).hasMessageContaining("failed 2 times").hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "stop, STOP",
    "eos, STOP",
    "eos_token, STOP",
    "stop_sequence, STOP",
    "length, LENGTH",
    "model_length, LENGTH"
  })
  void knowsTheWordsForAnEnd(String reason, FinishReason finish) throws InterruptedException {
    Generation generation = ask("finish:" + reason + "! x");
    assertThat(generation.answer()).isEqualTo("half");
    assertThat(generation.finishReason()).isEqualTo(finish);
  }

  @Test
  void anEndWithoutAWordIsOne() throws InterruptedException {
    assertThat(ask("endless! x").finishReason()).isEqualTo(FinishReason.STOP);
  }

  @ParameterizedTest
  @ValueSource(strings = {"wait:0", "past"})
  void waitsOfItselfWhereItIsAskedToComeBackAtOnce(String way) throws InterruptedException {
    ask(way + " x");
    assertThat(server.firstDelay(way + " x")).isGreaterThanOrEqualTo(Duration.ofMillis(250));
  }

  @Test
  void waitsOfItselfAfterAPauseToo() throws InterruptedException {
    ask("busy x");
    assertThat(server.firstDelay("busy x")).isGreaterThanOrEqualTo(Duration.ofMillis(1250));
  }

  @Test
  void readsTokensWithoutAlternatives() throws InterruptedException {
    SamplingParameters sampling = SamplingParameters.builder().listTokens(true).build();
    Generation generation = ask("bare! x", sampling);
    assertThat(generation.logprob()).isCloseTo(-0.25, within(1e-9));
    assertThat(generation.tokens())
        .singleElement()
        .satisfies(token -> assertThat(token.likeliest()).isEmpty());
  }

  @Test
  void aPauseHoldsUpEveryRequest() throws InterruptedException {
    long start = System.nanoTime();
    GenerationHandle busy = submit("busy x", SAMPLING);
    while (server.attempts("busy x") == 0) {
      Thread.sleep(5);
    }
    Thread.sleep(200);
    ask("other");
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isGreaterThan(950);
    busy.result().join();
  }

  @Test
  void opensNoMoreThanItMay() throws InterruptedException {
    List<GenerationHandle> handles = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      handles.add(submit("n" + i, SAMPLING));
    }
    handles.forEach(handle -> handle.result().join());
    assertThat(server.requests()).hasSize(40);
    assertThat(server.mostOpen()).isLessThanOrEqualTo(4);
  }

  @Test
  void sendsNoMoreInAMinuteThanItMay() throws InterruptedException {
    engine.close();
    engine = open(4, 600, 0);
    long start = System.nanoTime();
    for (int i = 0; i < 5; i++) {
      ask("n" + i);
    }
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(390L, 5000L);
  }

  @Test
  void cancelsWhatWaits() throws InterruptedException {
    GenerationHandle handle = submit("slow! x", SAMPLING);
    handle.cancel();
    assertThatThrownBy(() -> handle.result().join())
        .hasRootCauseInstanceOf(EngineException.class)
        .hasMessageContaining("cancelled");
    assertThat(ask("next").answer()).isEqualTo("said next");
  }

  @Test
  void sendsWhatWasAskedFor() throws InterruptedException {
    SamplingParameters sampling =
        SamplingParameters.builder()
            .temperature(0.5)
            .topP(0.9)
            .topK(20)
            .seed(-1)
            .maxNewTokens(99)
            .presencePenalty(0.5)
            .logitBias(Map.of(7, -100.0))
            .stopStrings(List.of("END"))
            .listTokens(true)
            .topLogprobs(3)
            .thinking(Thinking.effort("low"))
            .build();
    Generation generation = ask("hello", sampling);
    JsonNode sent = server.requests().get(0);
    assertThat(sent.toString())
        .contains("\"temperature\":0.5", "\"top_p\":0.9", "\"top_k\":20", "\"seed\":2147483647")
        .contains("\"max_tokens\":99", "\"presence_penalty\":0.5", "\"logit_bias\":{\"7\":-100.0}")
        .contains("\"stop\":[\"END\"]", "\"logprobs\":true", "\"top_logprobs\":3")
        .contains("\"reasoning_effort\":\"low\"")
        .doesNotContain("frequency_penalty", "min_p", "max_completion_tokens");
    assertThat(generation.tokens()).hasSize(1);
    assertThat(generation.tokens().get(0).token()).isEqualTo(42);
    assertThat(generation.logprob()).isCloseTo(-0.25, within(1e-9));
  }

  @Test
  void asksForJsonByItsSchema() throws InterruptedException {
    String n =
        "{\"type\": \"object\", \"properties\": {\"n\": {\"type\": [\"integer\", \"null\"]}}";
    String closed = ", \"additionalProperties\": false, \"required\": [\"n\"]}";
    assertThat(ask("json! x", heldTo(n + "}")).parsed()).hasValue("{\"n\": 1}");
    var unused = ask("json! x", heldTo(n + closed));
    assertThat(server.requests())
        .extracting(sent -> sent.at("/response_format/json_schema/strict").asBoolean())
        .as("strict where OpenAI takes the schema as such")
        .containsExactly(false, true);
    assertThat(server.requests().get(0).at("/response_format/json_schema/schema/type").asText())
        .isEqualTo("object");
    assertThatThrownBy(() -> ask("hello", heldTo(n + "}"))).hasMessageContaining("no JSON");
  }

  @ParameterizedTest
  @ValueSource(strings = {"silent! x", "unsaid! x"})
  void refusesReasoningAloneWhereTheAnswerIsHeldToSomething(String prompt)
      throws InterruptedException {
    SamplingParameters schema = heldTo("{\"type\": \"object\"}");
    assertThatThrownBy(() -> ask(prompt, schema))
        .hasMessageContaining("the answer is empty")
        .hasCauseInstanceOf(EngineException.class)
        .satisfies(
            e ->
                assertThat(((EngineException) e.getCause()).code())
                    .isEqualTo(ErrorCode.ENDPOINT_REFUSED));
    assertThatThrownBy(() -> ask(prompt, heldTo(new OutputConstraint.Choice(List.of("good")))))
        .hasMessageContaining("the answer is empty");
    assertThat(ask(prompt).answer()).as("held to nothing").isEmpty();
    Generation cut = ask("spent! x", schema);
    assertThat(cut.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(cut.parsed()).isEmpty();
    Generation mayBeCut = ask(prompt, schema.toBuilder().stopStrings(List.of("END")).build());
    assertThat(mayBeCut.parsed()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          says:length:12       | 12
          says:length:{"n":12  | {"n":12
          says:stop:{"n":12    | {"n":12
          """)
  void partOfAnAnswerIsNotParsed(String way, String answer) throws InterruptedException {
    SamplingParameters schema = heldTo("{\"type\": [\"integer\", \"object\"]}");
    Generation part = ask(way + "! x", schema.toBuilder().stopTokens(Set.of(7)).build());
    assertThat(part.answer()).isEqualTo(answer);
    assertThat(part.parsed()).isEmpty();
  }

  @Test
  void whatIsWholeIsParsedThoughTheRoomWasSpent() throws InterruptedException {
    SamplingParameters schema = heldTo("{\"type\": [\"integer\", \"object\"]}");
    assertThat(ask("says:length:{\"n\":12}! x", schema).parsed()).hasValue("{\"n\":12}");
    assertThat(ask("says:stop:12! x", schema).parsed()).hasValue("12");
    SamplingParameters choices = heldTo(new OutputConstraint.Choice(List.of("yes", "yesterday")));
    assertThat(ask("says:length:yes! x", choices).parsed()).isEmpty();
    assertThat(ask("says:length:{\"choice\":\"yes\"}! x", choices).parsed()).hasValue("\"yes\"");
  }

  @Test
  void asksForAnyObjectInTheWordsThatAllServersKnow() throws InterruptedException {
    assertThat(ask("json! x", heldTo("{\"type\": \"object\"}")).parsed()).hasValue("{\"n\": 1}");
    assertThat(server.requests().get(0).get("response_format"))
        .hasToString("{\"type\":\"json_object\"}");
  }

  @Test
  void asksForChoicesAsASchemaAndGivesTheOneChosen() throws InterruptedException {
    SamplingParameters choices = heldTo(new OutputConstraint.Choice(List.of("good", "said \"x\"")));
    Generation held = ask("chosen! x", choices);
    assertThat(held.answer()).isEqualTo("good");
    assertThat(held.parsed()).hasValue("\"good\"");
    assertThat(server.requests().get(0).at("/response_format/json_schema"))
        .hasToString(
            "{\"name\":\"answer\",\"strict\":true,\"schema\":{\"type\":\"object\",\"properties\":"
                + "{\"choice\":{\"type\":\"string\",\"enum\":[\"good\",\"said \\\"x\\\"\"]}},"
                + "\"required\":[\"choice\"],\"additionalProperties\":false}}");
    assertThat(ask("\"x\"", choices).parsed())
        .as("of a server that goes by the prompt alone")
        .hasValue("\"said \\\"x\\\"\"");
    assertThatThrownBy(() -> ask("hello", choices))
        .hasMessageContaining("the answer is 'said hello'; the endpoint may not know");
    assertThat(ask("cut! x", choices).parsed()).isEmpty();
  }

  private static SamplingParameters heldTo(String schema) {
    return heldTo(new OutputConstraint.JsonSchema(schema));
  }

  private static SamplingParameters heldTo(OutputConstraint constraint) {
    return SamplingParameters.builder().constraint(constraint).build();
  }

  @Test
  void refusesWhatTheProtocolHasNoWordFor() {
    SamplingParameters sampling = heldTo(new OutputConstraint.Regex("a"));
    SamplingParameters silent = SamplingParameters.builder().thinking(Thinking.OFF).build();
    assertThatThrownBy(() -> ask("hello", sampling)).hasMessageContaining("give a JSON schema");
    assertThatThrownBy(() -> ask("hello", silent)).hasMessageContaining("leave it to the server");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void tellsNoValueThatMayBeAKey() {
    assertThatThrownBy(() -> EndpointConfiguration.of("http://me:" + KEY + "@host/v1", "m"))
        .hasMessageContaining("--base-url holds a user")
        .hasMessageNotContaining(KEY);
    assertThatThrownBy(
            () -> new EndpointConfiguration("http://host/v1", "m", KEY, 1, 0, 0, 1, Set.of()))
        .hasMessageContaining("never the key")
        .hasMessageNotContaining(KEY);
  }

  @Test
  void aNamedKeyMustBeThere() {
    EndpointConfiguration endpoint =
        new EndpointConfiguration(server.baseUrl(), "m", "NO_SUCH", 1, 0, 0, 1, Set.of());
    assertThatThrownBy(() -> RemoteEngine.open(endpoint, ReasoningMarkers.OF_MODEL, name -> null))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("NO_SUCH, which is not set");
  }

  @Test
  void isNamedByWhereItAsks() {
    assertThat(fingerprint("http://a/v1")).isEqualTo(fingerprint("http://a/v1/"));
    assertThat(fingerprint("http://b/v1")).isNotEqualTo(fingerprint("http://a/v1"));
  }

  @Test
  void isAnotherWhereItLeavesSomethingToTheServer() {
    EndpointConfiguration all = EndpointConfiguration.of("http://a/v1", "m");
    assertThat(fingerprint(all.omitting(Set.of("seed"))))
        .isNotEqualTo(fingerprint(all))
        .isNotEqualTo(fingerprint(all.omitting(Set.of("top_p"))));
    assertThat(fingerprint(all.omitting(Set.of("seed", "top_p"))))
        .isEqualTo(fingerprint(all.omitting(Set.of("top_p", "seed"))));
    assertThat(fingerprint(all))
        .as("of earlier runs' rows")
        .isEqualTo("00d89d5c8d35d3773c12f44b165f03bef71edb4e1ec82803cdcfce9f47b205f3");
  }

  private static String fingerprint(String baseUrl) {
    return fingerprint(EndpointConfiguration.of(baseUrl, "m"));
  }

  private static String fingerprint(EndpointConfiguration endpoint) {
    return endpoint.description(ReasoningMarkers.OF_MODEL).fingerprint();
  }
}
