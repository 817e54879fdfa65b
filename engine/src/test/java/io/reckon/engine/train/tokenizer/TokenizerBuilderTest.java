package io.reckon.engine.train.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reckon.engine.train.problem.Family;
import io.reckon.engine.train.problem.Problem;
import io.reckon.engine.train.problem.ProblemGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IntSummaryStatistics;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TokenizerBuilderTest {
  @TempDir static Path folder;
  private static HuggingFaceTokenizer tokenizer;

  @BeforeAll
  static void build() throws IOException {
    new TokenizerBuilder(1).write(folder);
    tokenizer =
        HuggingFaceTokenizer.newInstance(
            folder.resolve("tokenizer.json"),
            Map.of("addSpecialTokens", "false", "truncation", "false"));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  @Test
  void givesTheControlTokensTheFirstIds() {
    for (int id = 0; id < TokenizerBuilder.ADDED.size(); id++) {
      assertThat(encode(TokenizerBuilder.ADDED.get(id))).containsExactly(id);
    }
  }

  @Test
  void encodesEachDigitAndPlaceAlone() {
    assertThat(encode("d9c2b8a14-7-0=7\n")).hasSize(16);
    assertThat(encode("1234567890")).hasSize(10).doesNotHaveDuplicates();
  }

  @Test
  void encodesFrequentWordsWhole() {
    for (String word : new String[] {"What", " is", " greatest", " divisor", " times", "×", "÷"}) {
      assertThat(encode(word)).as(word).hasSize(1);
    }
  }

  @Test
  void decodesWhateverItEncodes() {
    for (String text :
        new String[] {
          "",
          " ",
          "  \n\t x",
          "héllo wörld",
          "数学 问题",
          "😀👩‍👩‍👧",
          "\u0001\u007f",
          "שלום",
          "a\r\nb"
        }) {
      assertThat(decode(encode(text))).isEqualTo(text);
    }
    ProblemGenerator generator = new ProblemGenerator(3);
    for (int i = 0; i < 2000; i++) {
      String prompt = generator.training().prompt();
      assertThat(decode(encode(prompt))).isEqualTo(prompt);
    }
  }

  @Test
  void fillsTheVocabularyToAMultipleOf64() throws IOException {
    JsonNode model =
        new ObjectMapper().readTree(folder.resolve("tokenizer.json").toFile()).get("model");
    assertThat(model.get("vocab").size()).isLessThanOrEqualTo(1024).matches(size -> size % 64 == 0);
  }

  @Test
  void writesTheSameFilesAgain(@TempDir Path again) throws IOException {
    new TokenizerBuilder(1).write(again);
    assertThat(again.resolve("tokenizer.json"))
        .hasSameTextualContentAs(folder.resolve("tokenizer.json"));
    assertThat(Files.readString(again.resolve("tokenizer_config.json"))).contains("chat_template");
  }

  @ParameterizedTest
  @EnumSource
  void keepsProblemsShort(Family family) {
    ProblemGenerator generator = new ProblemGenerator(5);
    IntSummaryStatistics lengths =
        IntStream.range(0, 300).map(i -> length(generator.reserved(family))).summaryStatistics();
    assertThat(lengths.getMax()).isLessThan(512);
    assertThat(lengths.getAverage()).isLessThan(250);
  }

  private static int length(Problem problem) {
    return encode(
            "<｜begin▁of▁sentence｜>"
                + problem.system().orElse("")
                + "<｜User｜>"
                + problem.prompt()
                + "<｜Assistant｜><think>\n"
                + problem.reasoning()
                + "\n</think>\n\n"
                + problem.answer()
                + "<｜end▁of▁sentence｜>")
        .length;
  }

  private static long[] encode(String text) {
    return tokenizer.encode(text, false, false).getIds();
  }

  private static String decode(long[] ids) {
    return tokenizer.decode(ids, false);
  }
}
