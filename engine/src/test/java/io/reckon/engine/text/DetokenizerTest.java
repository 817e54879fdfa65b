package io.reckon.engine.text;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetokenizerTest {
  private static final String TEXT = "Zürich, 東京: 𝄞 and 🙂.\n";

  @TempDir static Path folder;
  private static Tokenizer tokenizer;
  private static HuggingFaceTokenizer reference;

  @BeforeAll
  static void load() throws Exception {
    TestTokenizer.write(folder);
    tokenizer = Tokenizer.load(folder, TestTokenizer.SIZE);
    reference = HuggingFaceTokenizer.newInstance(folder.resolve("tokenizer.json"), Map.of());
  }

  @AfterAll
  static void close() {
    tokenizer.close();
    reference.close();
  }

  @Test
  void neverGivesPartOfACharacter() {
    for (Detokenizer detokenizer : both()) {
      StringBuilder text = new StringBuilder();
      for (int token : tokenizer.encode(TEXT)) {
        String piece = detokenizer.append(token);
        assertThat(piece).doesNotContain("\uFFFD");
        assertThat(piece.codePointCount(0, piece.length())).isLessThanOrEqualTo(1);
        text.append(piece);
      }
      assertThat(text + detokenizer.finish()).isEqualTo(TEXT);
    }
  }

  @Test
  void marksBytesThatMakeNoCharacter() {
    for (Detokenizer detokenizer : both()) {
      String text = detokenizer.append(TestTokenizer.ofByte('a'));
      text += detokenizer.append(TestTokenizer.ofByte(0xE6));
      text += detokenizer.append(TestTokenizer.ofByte(0x9D));
      assertThat(text).isEqualTo("a");
      assertThat(detokenizer.finish()).isEqualTo("\uFFFD");
    }
  }

  @Test
  void goesOnAfterBytesThatMakeNoCharacter() {
    Detokenizer detokenizer = tokenizer.detokenizer();
    String text = detokenizer.append(TestTokenizer.ofByte(0xE6));
    text += detokenizer.append(TestTokenizer.ofByte('b'));
    assertThat(text + detokenizer.finish()).isEqualTo("\uFFFDb");
  }

  @Test
  void leavesSpecialTokensOutButKeepsTheThinkingMarkers() {
    int[] tokens = tokenizer.encode("<｜User｜>a</think>b<｜end▁of▁sentence｜>");
    assertThat(tokens).hasSize(5);
    assertThat(tokenizer.decode(tokens)).isEqualTo("a</think>b");
  }

  private static List<Detokenizer> both() {
    return List.of(tokenizer.detokenizer(), new WindowDetokenizer(reference));
  }
}
