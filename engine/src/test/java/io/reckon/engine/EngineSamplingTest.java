package io.reckon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.FinishReason;
import io.reckon.engine.api.GeneratedToken;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.api.TokenLogprob;
import io.reckon.engine.text.TestTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a caller sees of each sampling parameter, on a random model that writes letters. */
@Timeout(60)
class EngineSamplingTest {
  private static final Map<Integer, Double> ONLY_LETTERS = onlyLetters();

  @TempDir static Path folder;
  private static InferenceEngine engine;

  @BeforeAll
  static void open() throws Exception {
    new RandomCheckpoint(1).untied().with("vocab_size", TestTokenizer.SIZE).write(folder);
    TestTokenizer.write(folder);
    engine =
        ReckonEngine.open(
            new EngineConfiguration(folder.toString(), "float32", "cpu", 8, 64L << 20));
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  @Test
  void biasRulesTokensOut() throws Exception {
    Generation letters = answer(letters().build());
    assertThat(letters.answer()).matches("[a-z]{30}");
    assertThat(letters.finishReason()).isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void endsAtAStopTokenAndLeavesItOut() throws Exception {
    Generation whole = answer(letters().build());
    int stop = whole.tokens().get(9).token();
    Generation stopped = answer(letters().stopTokens(Set.of(stop, 2)).build());

    String stopText = whole.answer().substring(9, 10);
    assertThat(stopped.answer()).isEqualTo(whole.answer().split(stopText, 2)[0]);
    assertThat(stopped.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(stopped.answerTokens()).isEqualTo(stopped.tokens().size() - 1);
    assertThat(ids(stopped)).last().isEqualTo(stop);
  }

  @Test
  void endsAtAStopStringAndLeavesItOut() throws Exception {
    Generation whole = answer(letters().build());
    String stop = whole.answer().substring(8, 12);
    Generation stopped = answer(letters().stopStrings(List.of("A", stop)).build());

    assertThat(stopped.answer())
        .isEqualTo(whole.answer().substring(0, whole.answer().indexOf(stop)));
    assertThat(stopped.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(stopped.tokens()).hasSize(stopped.answer().length() + 4);
    assertThat(stopped.answerTokens()).isEqualTo(stopped.tokens().size());
  }

  @Test
  void listsTokensWithTheirLogProbabilities() throws Exception {
    Generation listed = answer(letters().temperature(0.9).seed(3).topLogprobs(4).build());

    assertThat(listed.tokens()).hasSize(30);
    assertThat(listed.tokens().stream().mapToDouble(GeneratedToken::logprob).sum())
        .isEqualTo(listed.logprob(), within(1e-9));
    assertThat(listed.tokens())
        .allSatisfy(
            token ->
                assertThat(token.likeliest())
                    .hasSize(4)
                    .isSortedAccordingTo(
                        Comparator.comparingDouble(TokenLogprob::logprob).reversed()));
    assertThat(answer(letters().listTokens(false).build()).tokens()).isEmpty();
  }

  @Test
  void penaltiesMakeALongerAlphabet() throws Exception {
    Generation plain = answer(letters().build());
    Generation varied = answer(letters().presencePenalty(2).frequencyPenalty(2).build());
    assertThat(varied.answer().chars().distinct().count())
        .isGreaterThan(plain.answer().chars().distinct().count());
  }

  @Test
  void failsOnlyTheRequestThatNamesATokenOfAnotherModel() throws Exception {
    GenerationHandle wrong = engine.submit(request(letters().stopTokens(Set.of(262)).build()));
    GenerationHandle fine = engine.submit(request(letters().build()));

    assertThatThrownBy(() -> wrong.result().get(30, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_OPTION))
        .hasMessage("stop-token is 262; give an id below the model's vocabulary size of 262");
    assertThat(fine.result().get(30, TimeUnit.SECONDS).answer()).hasSize(30);
  }

  @Test
  void samplesOfAPromptDifferAndShareItsPages() throws Exception {
    List<Message> prompt = List.of(Message.user("Several answers, please. ".repeat(8)));
    List<GenerationHandle> handles = new ArrayList<>();
    for (int sample = 0; sample < 4; sample++) {
      handles.add(
          engine.submit(
              new GenerationRequest(prompt, letters().temperature(1).seed(sample).build())));
    }
    List<Generation> samples = new ArrayList<>();
    for (GenerationHandle handle : handles) {
      samples.add(handle.result().get(30, TimeUnit.SECONDS));
    }

    assertThat(samples).extracting(Generation::answer).doesNotHaveDuplicates();
    int fullPages = samples.get(0).promptTokens() / 64 * 64;
    assertThat(samples).extracting(Generation::cachedTokens).containsOnlyOnce(0);
    assertThat(samples).extracting(Generation::cachedTokens).containsOnly(0, fullPages);
  }

  private static Map<Integer, Double> onlyLetters() {
    Map<Integer, Double> bias = new HashMap<>();
    for (int token = 0; token < TestTokenizer.SIZE; token++) {
      bias.put(token, -100.0);
    }
    for (int letter = 'a'; letter <= 'z'; letter++) {
      bias.remove(TestTokenizer.ofByte(letter));
    }
    return bias;
  }

  private static SamplingParameters.Builder letters() {
    return SamplingParameters.builder().logitBias(ONLY_LETTERS).maxNewTokens(30).listTokens(true);
  }

  private static List<Integer> ids(Generation generation) {
    return generation.tokens().stream().map(GeneratedToken::token).toList();
  }

  private static GenerationRequest request(SamplingParameters sampling) {
    return new GenerationRequest(List.of(Message.user("letters")), sampling);
  }

  private static Generation answer(SamplingParameters sampling) throws Exception {
    return engine.submit(request(sampling)).result().get(30, TimeUnit.SECONDS);
  }
}
