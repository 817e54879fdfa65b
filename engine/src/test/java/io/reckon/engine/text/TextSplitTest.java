package io.reckon.engine.text;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The pieces of a text, parted by bars; a middle dot stands for a space, an arrow for a line end.
 */
class TextSplitTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "gpt-2#It|'s|·12345|·o|'|clock|·WE|'|VE|·x|..|→→·|·ab|·你好|。",
        "default#It|'|s|·|123|45|·o|'|clock|·WE|'|VE|·x|..|→→·|·ab|·你好|。",
        "llama-bpe#It|'s|·|123|45|·o|'clock|·WE|'VE|·x|..→→|·|·ab|·你好|。",
        "qwen2#It|'s|·|1|2|3|4|5|·o|'clock|·WE|'VE|·x|..→→|·|·ab|·你好|。",
        "deepseek-v3#It|'s|·|123|45|·o|'clock|·WE|'VE|·x|..→→|·|·ab|·|你好|。",
        "deepseek-coder#It|'|s|·|1|2|3|4|5|·o|'|clock|·WE|'|VE|·x|..|→|→|·|·ab|·|你好|。",
        "deepseek-llm#It|'|s|·|1|2|3|4|5|·o|'|clock|·WE|'|VE|·x|..|→|→|·|·ab|·|你好|。",
        "youtu#It's|·|1|2|3|4|5|·o|'clock|·WE'VE|·x|..→→|·|·ab|·|你好|。",
      })
  void splitsAsItsTokenizerDoes(String name, String pieces) throws IOException {
    splits(name, pieces);
  }

  @Test
  void keepsMarksAndScriptsTogether() throws IOException {
    splits("deepseek-v3", "(foo|)|·==|·bar|·|12|.|5|%|·|ひらカタ|한국|·e\u0301a");
  }

  @Test
  void partsScriptsAndTheShapesOfWords() throws IOException {
    splits(
        "youtu",
        "camel|Case|·HTTPServer|·a|/b|//→|한국ㄱ|！…|ㄅㄆ|漢字ひらカタ|，、“|don't|”|·e\u0301a|·HTTP|\t→|x|·é|9");
  }

  /** As llama.cpp does for it, and for no other of those here but Llama 3. */
  @Test
  void takesWholeTokensOfYoutuWithoutMerging() {
    assertThat(TextSplit.named("youtu", Path.of("t.gguf")).ignoresMerges()).isTrue();
    assertThat(TextSplit.named("deepseek-v3", Path.of("t.gguf")).ignoresMerges()).isFalse();
  }

  private static void splits(String name, String pieces) throws IOException {
    String marked = pieces.replace('·', ' ').replace('→', '\n');
    assertThat(pieces(TextSplit.named(name, Path.of("t.gguf")), marked.replace("|", "")))
        .containsExactly(marked.split("\\|"));
  }

  /** By the words that the native tokenizer tells for each byte. */
  private static List<String> pieces(TextSplit split, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (HuggingFaceTokenizer tokenizer =
        HuggingFaceTokenizer.newInstance(
            new ByteArrayInputStream(json(split)), Map.of("maxLength", "512"))) {
      Encoding encoding = tokenizer.encode(text, false, false);
      assertThat(encoding.getWordIds()).hasSameSizeAs(bytes);
      List<String> pieces = new ArrayList<>();
      int begin = 0;
      for (int i = 1; i <= bytes.length; i++) {
        if (i == bytes.length || encoding.getWordIds()[i] != encoding.getWordIds()[begin]) {
          pieces.add(new String(bytes, begin, i - begin, StandardCharsets.UTF_8));
          begin = i;
        }
      }
      return pieces;
    }
  }

  /** A tokenizer of one token a byte. */
  private static byte[] json(TextSplit split) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("version", "1.0");
      split.write(json);
      json.writeObjectFieldStart("model");
      json.writeStringField("type", "BPE");
      json.writeObjectFieldStart("vocab");
      for (int character = 0, id = 0; character < 512; character++) {
        if (TestTokenizer.isByte(character)) {
          json.writeNumberField(Character.toString(character), id++);
        }
      }
      json.writeEndObject();
      json.writeArrayFieldStart("merges");
      json.writeEndArray();
      json.writeEndObject();
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }
}
