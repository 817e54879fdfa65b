package io.reckon.engine.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class SamplingParametersTest {
  private static final ModelDescription MODEL =
      new ModelDescription("m", "f", "int8", "cpu", 100, 262, 1);

  @Test
  void namesTheValueAndTheLimitOfWhatIsOutOfRange() {
    assertRefused(b -> b.temperature(-1), "temperature is -1.0; give a number from 0");
    assertRefused(b -> b.temperature(Double.NaN), "temperature is NaN");
    assertRefused(b -> b.topK(-1), "top-k is -1; give 1 or more, or 0 for all tokens");
    assertRefused(b -> b.topP(0), "top-p is 0.0; give a number above 0 and up to 1");
    assertRefused(b -> b.minP(1.5), "min-p is 1.5; give a number from 0 to 1");
    assertRefused(
        b -> b.repetitionPenalty(1e-39), "repetition-penalty is 1.0E-39; give a number from 0.01");
    assertRefused(b -> b.presencePenalty(3), "presence-penalty is 3.0; give a number from -2 to 2");
    assertRefused(b -> b.frequencyPenalty(-3), "frequency-penalty is -3.0");
    assertRefused(b -> b.logitBias(Map.of(-4, 1.0)), "a token of logit-bias is -4; give an id");
    assertRefused(b -> b.logitBias(Map.of(4, 101.0)), "the logit-bias of token 4 is 101.0");
    assertRefused(b -> b.stopStrings(List.of("a", "")), "stop is empty; give some text");
    assertRefused(b -> b.stopTokens(Set.of(-2)), "stop-token is -2; give an id, 0 or more");
    assertRefused(b -> b.maxNewTokens(0), "max-new-tokens is 0; give 1 or more");
    assertRefused(b -> b.topLogprobs(21), "logprobs is 21; give a number from 0 to 20");
  }

  @Test
  void namesTheTokenThatTheModelLacks() {
    assertUnknown(b -> b.stopTokens(Set.of(1, 262)), "stop-token is 262");
    assertUnknown(b -> b.logitBias(Map.of(999, 1.0)), "a token of logit-bias is 999");
    SamplingParameters.builder().stopTokens(Set.of(0, 261)).build().requireTokensOf(MODEL);
  }

  @Test
  void isTheSameOnceItIsBuiltAgain() {
    SamplingParameters some =
        SamplingParameters.builder()
            .temperature(0.7)
            .topK(5)
            .topP(0.8)
            .minP(0.1)
            .repetitionPenalty(1.1)
            .presencePenalty(0.2)
            .frequencyPenalty(0.3)
            .logitBias(Map.of(9, -1.0, 3, 2.0))
            .stopStrings(List.of("end"))
            .stopTokens(Set.of(8, 2))
            .seed(4)
            .maxNewTokens(6)
            .listTokens(true)
            .topLogprobs(7)
            .build();

    assertThat(some.toBuilder().build()).isEqualTo(some).hasSameHashCodeAs(some);
    assertThat(some.withSeed(5).withSeed(4)).isEqualTo(some).isNotEqualTo(some.withSeed(5));
    assertThat(some.logitBias().keySet()).containsExactly(3, 9);
  }

  private static void assertRefused(
      Function<SamplingParameters.Builder, SamplingParameters.Builder> change, String message) {
    assertThatThrownBy(() -> change.apply(SamplingParameters.builder()).build())
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_OPTION))
        .hasMessageStartingWith(message);
  }

  private static void assertUnknown(
      Function<SamplingParameters.Builder, SamplingParameters.Builder> change, String message) {
    SamplingParameters sampling = change.apply(SamplingParameters.builder()).build();
    assertThatThrownBy(() -> sampling.requireTokensOf(MODEL))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_OPTION))
        .hasMessage(message + "; give an id below the model's vocabulary size of 262");
  }
}
