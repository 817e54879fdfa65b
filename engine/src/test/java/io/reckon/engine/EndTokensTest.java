package io.reckon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.FinishReason;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.ReasoningMarkers;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.checkpoint.Checkpoint;
import io.reckon.engine.text.TestTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models whose tokenizer says how a turn ends, beside what their configuration says. */
@Timeout(60)
class EndTokensTest {
  private static final int USER = TestTokenizer.MARKERS.indexOf("<｜User｜>");

  /** Kinds of tokens, as a GGUF counts them. */
  private static final int NORMAL = 1;

  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;

  private static final List<String> SPELLINGS =
      List.of(
          "<|eot_id|>",
          "<|im_end|>",
          "<|end|>",
          "<|return|>",
          "<|call|>",
          "<end_of_turn>",
          "<|endoftext|>",
          "<|eom_id|>",
          "<EOT>",
          "_<EOT>",
          "<|end_of_text|>",
          "<｜end▁of▁sentence｜>");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "{'eos_token':'<｜User｜>'}#1,2",
        "{'eos_token':{'content':'<｜User｜>','lstrip':false}}#1,2",
        "{'eos_token':'<｜end▁of▁sentence｜>'}#1",
        "{'eos_token':'x'}#1",
        "{'eos_token':''}#1",
        "{'eos_token':null}#1",
        "{}#1"
      })
  void theTokenizersOwnIsOneWhereItIsAnAddedToken(String settings, String ends) throws Exception {
    write(new RandomCheckpoint(3), settings.replace('\'', '"'));
    assertThat(endTokens().stream().sorted().map(String::valueOf)).containsExactly(ends.split(","));
  }

  @Test
  void thoseOfTheConfigurationAreAllWhereTheTokenizerSaysNothing() throws Exception {
    new RandomCheckpoint(3).with("vocab_size", TestTokenizer.SIZE).write(folder);
    TestTokenizer.write(folder);
    assertThat(endTokens()).containsExactly(1);
  }

  @Test
  void theTokenizersOwnIsEnoughForAnswersToEnd() throws Exception {
    RandomCheckpoint model = new RandomCheckpoint(3);
    model.config().remove("eos_token_id");
    write(model, "{\"eos_token\":\"<｜User｜>\"}");
    try (InferenceEngine engine = open()) {
      Generation ended =
          answer(engine, SamplingParameters.builder().logitBias(Map.of(USER, 100.0)));
      assertThat(ended.finishReason()).isEqualTo(FinishReason.STOP);
      assertThat(answer(engine, labels()).answer()).isIn("yes", "no");
    }
  }

  @Test
  void withoutAnyNoAnswerCanBeConstrained() throws Exception {
    RandomCheckpoint model = new RandomCheckpoint(3);
    model.config().remove("eos_token_id");
    write(model, "{}");
    try (InferenceEngine engine = open()) {
      assertThatThrownBy(() -> answer(engine, labels()))
          .cause()
          .hasMessageContaining("give tokenizer_config.json an eos_token")
          .extracting(e -> ((EngineException) e).code())
          .isEqualTo(ErrorCode.BAD_OPTION);
    }
  }

  /** Of a fine-tune for conversations, whose file names the base model's end token, 1. */
  @Test
  void controlTokensOfAGgufEndATurnByTheirSpelling() throws Exception {
    Map<String, Integer> tokens = new LinkedHashMap<>();
    tokens.put("<|begin|>", CONTROL);
    tokens.put("<eos>", CONTROL);
    tokens.put("<|im_start|>", CONTROL);
    for (String spelling : SPELLINGS) {
      tokens.put(spelling, spelling.startsWith("<|e") ? USER_DEFINED : CONTROL);
    }
    int first = tokens.size() - SPELLINGS.size();
    Integer[] spelled = IntStream.range(first, tokens.size()).boxed().toArray(Integer[]::new);
    assertThat(endTokensOfGguf(tokens)).contains(spelled).contains(1).hasSize(1 + spelled.length);
  }

  @Test
  void ordinaryTokensOfAGgufEndNoTurnHoweverTheyAreSpelled() throws Exception {
    Map<String, Integer> tokens = new LinkedHashMap<>();
    tokens.put("<|begin|>", CONTROL);
    tokens.put("<eos>", CONTROL);
    tokens.put("<|im_end|>", NORMAL);
    tokens.put("<|eot_id|>", CONTROL);
    assertThat(endTokensOfGguf(tokens)).containsExactlyInAnyOrder(1, 3);
  }

  private Set<Integer> endTokensOfGguf(Map<String, Integer> tokens) throws Exception {
    for (char letter = 'a'; letter <= 'z'; letter++) {
      tokens.put(String.valueOf(letter), NORMAL);
    }
    RandomCheckpoint model = new RandomCheckpoint(3);
    model.write(folder);
    Path file = folder.resolve("m.gguf");
    new RandomGguf(model, RandomGguf.Up.WHOLE).vocabulary(tokens).write(file);
    return endTokens(file);
  }

  private void write(RandomCheckpoint model, String settings) throws Exception {
    model.with("vocab_size", TestTokenizer.SIZE).write(folder);
    TestTokenizer.write(folder);
    Files.writeString(folder.resolve("tokenizer_config.json"), settings);
  }

  private Set<Integer> endTokens() {
    return endTokens(folder);
  }

  private static Set<Integer> endTokens(Path model) {
    try (EngineText text =
        ReckonEngine.text(Checkpoint.open(model.toString()), ReasoningMarkers.OF_MODEL)) {
      return text.endTokens();
    }
  }

  private InferenceEngine open() {
    return ReckonEngine.open(
        new EngineConfiguration(folder.toString(), "float32", "cpu", 2, 16L << 20));
  }

  private static SamplingParameters.Builder labels() {
    return SamplingParameters.builder()
        .constraint(new OutputConstraint.Choice(List.of("yes", "no")));
  }

  private static Generation answer(InferenceEngine engine, SamplingParameters.Builder sampling)
      throws InterruptedException {
    return engine
        .submit(
            new GenerationRequest(
                List.of(Message.user("Say it.")), sampling.maxNewTokens(20).build()))
        .result()
        .join();
  }
}
