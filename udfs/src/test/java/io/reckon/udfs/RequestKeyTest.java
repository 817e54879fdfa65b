package io.reckon.udfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.api.Message;
import io.reckon.engine.api.ModelDescription;
import io.reckon.engine.api.SamplingParameters;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RequestKeyTest {
  private static final ModelDescription MODEL =
      new ModelDescription("m", "f1", "float32", "cpu", 100, 1);
  private static final List<Message> HELLO = List.of(Message.user("hello"));
  private static final SamplingParameters GREEDY = SamplingParameters.GREEDY;

  @Test
  void equalRequestsHaveEqualKeysWhereverTheyRun() {
    ModelDescription elsewhere = new ModelDescription("copy", "f1", "float32", "cuda:1", 100, 1);

    assertThat(RequestKey.of(List.of(Message.user("hello")), GREEDY, elsewhere))
        .isEqualTo(RequestKey.of(HELLO, GREEDY, MODEL))
        .matches("[0-9a-f]{64}");
  }

  @Test
  void allThatChangesAGenerationChangesItsKey() {
    Stream<String> keys =
        Stream.of(
            RequestKey.of(HELLO, GREEDY, MODEL),
            RequestKey.of(List.of(Message.user("hello ")), GREEDY, MODEL),
            RequestKey.of(List.of(Message.system("hello")), GREEDY, MODEL),
            RequestKey.of(List.of(Message.user("hel"), Message.user("lo")), GREEDY, MODEL),
            RequestKey.of(HELLO, GREEDY.withMaxNewTokens(5), MODEL),
            RequestKey.of(HELLO, new SamplingParameters(1, 1, 0, 1024), MODEL),
            RequestKey.of(HELLO, new SamplingParameters(0, 0.5, 0, 1024), MODEL),
            RequestKey.of(HELLO, new SamplingParameters(0, 1, 7, 1024), MODEL),
            RequestKey.of(HELLO, GREEDY, new ModelDescription("m", "f2", "float32", "cpu", 100, 1)),
            RequestKey.of(HELLO, GREEDY, new ModelDescription("m", "f1", "bf16", "cpu", 100, 1)));

    assertThat(keys).doesNotHaveDuplicates();
  }

  @Test
  void eachSampleHasItsOwnSeed() {
    String key = RequestKey.of(HELLO, GREEDY, MODEL);

    assertThat(RequestKey.seed(key, 0)).isNotEqualTo(RequestKey.seed(key, 1));
  }
}
