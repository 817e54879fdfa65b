package io.reckon.udfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.api.ModelDescription;
import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.PromptTruncation;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.api.Thinking;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;

class RequestKeyTest {
  private static final ModelDescription MODEL =
      new ModelDescription("m", "f1", "float32", "cpu", 100, 50, 1);
  private static final List<Row> HELLO = List.of(user("hello"));
  private static final SamplingParameters GREEDY = SamplingParameters.GREEDY;

  @Test
  void equalRequestsHaveEqualKeysWhereverTheyRun() {
    ModelDescription elsewhere =
        new ModelDescription("copy", "f1", "float32", "cuda:1", 100, 50, 1);

    assertThat(RequestKey.of(List.of(user("hello")), GREEDY, elsewhere))
        .isEqualTo(RequestKey.of(HELLO, GREEDY, MODEL))
        .matches("[0-9a-f]{64}");
  }

  @Test
  void allThatChangesAGenerationChangesItsKey() {
    Stream<String> keys =
        Stream.of(
            RequestKey.of(HELLO, GREEDY, MODEL),
            RequestKey.of(List.of(user("hello ")), GREEDY, MODEL),
            RequestKey.of(List.of(turn("system", "hello")), GREEDY, MODEL),
            RequestKey.of(List.of(user("hel"), user("lo")), GREEDY, MODEL),
            RequestKey.of(HELLO, GREEDY.withMaxNewTokens(5), MODEL),
            key(SamplingParameters.builder().temperature(1)),
            key(SamplingParameters.builder().topK(1)),
            key(SamplingParameters.builder().topP(0.5)),
            key(SamplingParameters.builder().minP(0.5)),
            key(SamplingParameters.builder().repetitionPenalty(1.5)),
            key(SamplingParameters.builder().presencePenalty(1.5)),
            key(SamplingParameters.builder().frequencyPenalty(1.5)),
            key(SamplingParameters.builder().logitBias(Map.of(1, 1.0))),
            key(SamplingParameters.builder().logitBias(Map.of(2, 1.0))),
            key(SamplingParameters.builder().logitBias(Map.of(1, 2.0))),
            key(SamplingParameters.builder().stopStrings(List.of("ab"))),
            key(SamplingParameters.builder().stopStrings(List.of("a", "b"))),
            key(SamplingParameters.builder().stopTokens(Set.of(1))),
            key(SamplingParameters.builder().seed(7)),
            key(SamplingParameters.builder().truncation(PromptTruncation.LEFT)),
            key(SamplingParameters.builder().truncation(PromptTruncation.RIGHT)),
            key(constrained(new OutputConstraint.Choice(List.of("ab")))),
            key(constrained(new OutputConstraint.Choice(List.of("a", "b")))),
            key(constrained(new OutputConstraint.Choice(List.of("b", "a")))),
            key(constrained(new OutputConstraint.Regex("a"))),
            key(constrained(new OutputConstraint.JsonSchema("a"))),
            key(SamplingParameters.builder().thinking(Thinking.OFF)),
            key(SamplingParameters.builder().thinking(Thinking.atMost(7))),
            key(SamplingParameters.builder().thinking(Thinking.atMost(8))),
            key(SamplingParameters.builder().listTokens(true)),
            key(SamplingParameters.builder().listTokens(true).topLogprobs(1)),
            RequestKey.of(
                HELLO, GREEDY, new ModelDescription("m", "f2", "float32", "cpu", 100, 50, 1)),
            RequestKey.of(
                HELLO, GREEDY, new ModelDescription("m", "f1", "bf16", "cpu", 100, 50, 1)));

    assertThat(keys).doesNotHaveDuplicates();
  }

  @Test
  void whatFewRequestsHaveLeavesTheKeysOfOthersAsTheyWere() {
    assertThat(RequestKey.of(HELLO, GREEDY, MODEL))
        .isEqualTo("aaefd217a61de5019e7fc53d0c3710809f5d9e3bc8ab35e41dc13b8b951ca7d8");
  }

  private static SamplingParameters.Builder constrained(OutputConstraint constraint) {
    return SamplingParameters.builder().constraint(constraint);
  }

  private static String key(SamplingParameters.Builder sampling) {
    return RequestKey.of(HELLO, sampling.build(), MODEL);
  }

  @Test
  void askingForLogProbabilitiesKeepsTheDraws() {
    String plain = key(SamplingParameters.builder().temperature(1));
    String listed = key(SamplingParameters.builder().temperature(1).listTokens(true));

    assertThat(RequestKey.seed(listed, 3)).isEqualTo(RequestKey.seed(plain, 3));
  }

  @Test
  void rowsThatHoldNoRequestAreToldApartToo() {
    Stream<List<Row>> broken =
        Stream.of(
            null,
            List.of(),
            Collections.singletonList(null),
            List.of(RowFactory.create("user", null)),
            List.of(RowFactory.create("user", "")),
            List.of(RowFactory.create(null, "hello")),
            List.of(RowFactory.create("robot", "hello")));

    assertThat(broken.map(turns -> RequestKey.of(turns, GREEDY, MODEL)))
        .allMatch(key -> key.matches("[0-9a-f]{64}"))
        .doesNotHaveDuplicates();
  }

  @Test
  void eachSampleHasItsOwnSeed() {
    String key = RequestKey.of(HELLO, GREEDY, MODEL);

    assertThat(RequestKey.seed(key, 0)).isNotEqualTo(RequestKey.seed(key, 1));
  }

  private static Row user(String content) {
    return turn("user", content);
  }

  private static Row turn(String role, String content) {
    return RowFactory.create(role, content);
  }
}
