package io.reckon.engine.text;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.reckon.engine.api.ReasoningMarkers;
import java.io.IOException;
import java.nio.file.Files;
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
    for (Detokenizer detokenizer : both()) {
      String text = detokenizer.append(TestTokenizer.ofByte(0xE6));
      text += detokenizer.append(TestTokenizer.ofByte('b'));
      assertThat(text).isEqualTo("\uFFFDb");
      assertThat(detokenizer.append(TestTokenizer.ofByte('c'))).isEqualTo("c");
      assertThat(detokenizer.finish()).isEmpty();
    }
  }

  @Test
  void losesNoCharacterToBrokenBytesBeforeIt() {
    for (Detokenizer detokenizer : both()) {
      String text = detokenizer.append(TestTokenizer.ofByte(0xE6));
      text += appended(detokenizer, "\uD83D\uDE42\uFFFD\uD83D\uDE42");
      assertThat(text).isEqualTo("\uFFFD\uD83D\uDE42\uFFFD\uD83D\uDE42");
    }
  }

  @Test
  void marksEachOfManyBrokenBytesBeforeTheEnd() {
    for (Detokenizer detokenizer : both()) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 40; i++) {
        text.append(detokenizer.append(TestTokenizer.ofByte(0xE6)));
      }
      assertThat(text).hasSizeBetween(37, 39);
      assertThat(text + detokenizer.finish()).isEqualTo("\uFFFD".repeat(40));
    }
  }

  @Test
  void marksBrokenBytesAloneWhereTheDecoderTakesThoseBesideThemForBrokenToo() throws Exception {
    try (HuggingFaceTokenizer bytes = byteFallback()) {
      Detokenizer detokenizer = new WindowDetokenizer(bytes, Map.of());
      StringBuilder text = new StringBuilder();
      for (int value : new int[] {0xE6, 0x9D, 0xB1, 0xE4, 256, 0xE6, 0x9D, 0xB1}) {
        text.append(detokenizer.append(value));
      }
      assertThat(text + detokenizer.finish()).isEqualTo("\u6771\uFFFDb\u6771");
    }
  }

  @Test
  void markersAndStopStringsAreSeenAfterBytesThatMakeNoCharacter() {
    for (Detokenizer detokenizer : both()) {
      GeneratedText text =
          new GeneratedText(detokenizer, ReasoningMarkers.USUAL, true, List.of("END"));
      text.append(TestTokenizer.ofByte(0xE6));
      append(text, "</think>");
      assertThat(text.thinking()).isFalse();
      text.append(TestTokenizer.ofByte(0xE6));
      append(text, " \uFFFD yes END");
      assertThat(text.stopped()).isTrue();
    }
  }

  @Test
  void leavesSpecialTokensOutButKeepsTheThinkingMarkers() {
    int[] tokens = tokenizer.encode("<｜User｜>a</think>b<｜end▁of▁sentence｜>");
    assertThat(tokens).hasSize(5);
    assertThat(tokenizer.decode(tokens)).isEqualTo("a</think>b");
  }

  @Test
  void keepsSpecialMarkersWhereTheVocabularyIsNotByteLevel(@TempDir Path other) throws Exception {
    Files.move(byteFallbackFile(), other.resolve("tokenizer.json"));
    try (Tokenizer bytes = Tokenizer.load(other, 259)) {
      GeneratedText text = bytes.generatedText(true, List.of());
      for (int token : new int[] {'a', 0xE6, 0x9D, 0xB1, 258, 0xE6}) {
        text.append(token);
      }
      assertThat(text.thinking()).isTrue();
      text.append(bytes.closeOfThinking()[0]);
      assertThat(text.thinking()).isFalse();
      text.append('b');
      assertThat(text.finish()).isEqualTo(new ReasonedText("a\u6771\uFFFD", "b", false, 7));
    }
  }

  private static HuggingFaceTokenizer byteFallback() throws IOException {
    return HuggingFaceTokenizer.newInstance(byteFallbackFile(), Map.of());
  }

  /** One whose bytes are ids 0 to 255, its letter b 256, and 257 and 258 are special. */
  private static Path byteFallbackFile() throws IOException {
    StringBuilder vocabulary = new StringBuilder();
    for (int value = 0; value < 256; value++) {
      vocabulary.append("\"<0x%02X>\": %d, ".formatted(value, value));
    }
    Path file = folder.resolve("byte-fallback.json");
    Files.writeString(
        file,
        """
        {"version": "1.0", "added_tokens": [
           {"id": 257, "content": "</think>", "special": true, "normalized": false,
            "single_word": false, "lstrip": false, "rstrip": false},
           {"id": 258, "content": "<s>", "special": true, "normalized": false,
            "single_word": false, "lstrip": false, "rstrip": false}],
         "decoder": {"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Fuse"}]},
         "model": {"type": "BPE", "byte_fallback": true, "merges": [], "vocab": {%s"b": 256, "</think>": 257, "<s>": 258}}}
        """
            .formatted(vocabulary));
    return file;
  }

  private static void append(GeneratedText text, String generated) {
    for (int token : tokenizer.encode(generated)) {
      text.append(token);
    }
  }

  private static String appended(Detokenizer detokenizer, String generated) {
    StringBuilder text = new StringBuilder();
    for (int token : tokenizer.encode(generated)) {
      text.append(detokenizer.append(token));
    }
    return text.toString();
  }

  private static List<Detokenizer> both() {
    return List.of(tokenizer.detokenizer(), new WindowDetokenizer(reference, Map.of()));
  }
}
