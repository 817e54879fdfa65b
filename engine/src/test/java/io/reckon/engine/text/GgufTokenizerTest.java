package io.reckon.engine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.ReasoningMarkers;
import io.reckon.engine.checkpoint.GgufHeader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufTokenizerTest {
  private static final Path SMALL = Path.of("src/test/resources/mla-small");
  private static final int SMALL_SIZE = 512;
  private static final int NORMAL = 1;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;

  @TempDir private Path folder;

  /** A vocabulary of one token a byte behind the markers of DeepSeek-R1. */
  private static TestGguf bytesAndMarkers() {
    return bytesAndMarkers(List.of());
  }

  private static TestGguf bytesAndMarkers(List<String> merges) {
    List<String> tokens = new ArrayList<>(TestTokenizer.MARKERS);
    List<Integer> kinds = new ArrayList<>();
    TestTokenizer.MARKERS.forEach(
        marker -> kinds.add(ReasoningMarkers.USUAL.isMarker(marker) ? USER_DEFINED : CONTROL));
    for (int character = 0; character < 512; character++) {
      if (TestTokenizer.isByte(character)) {
        tokens.add(Character.toString(character));
        kinds.add(NORMAL);
      }
    }
    return new TestGguf()
        .with("tokenizer.ggml.model", "gpt2")
        .withTexts("tokenizer.ggml.tokens", tokens)
        .withNumbers("tokenizer.ggml.token_type", kinds)
        .withTexts("tokenizer.ggml.merges", merges)
        .with("tokenizer.ggml.bos_token_id", 0)
        .with("tokenizer.ggml.eos_token_id", 1);
  }

  private Tokenizer load(TestGguf gguf) throws IOException {
    return Tokenizer.load(header(gguf), TestTokenizer.SIZE, ReasoningMarkers.OF_MODEL);
  }

  private GgufHeader header(TestGguf gguf) throws IOException {
    return GgufHeader.read(gguf.write(folder.resolve("t.gguf")));
  }

  @Test
  void givesTheIdsOfTheSameModelsTokenizerJson() {
    try (Tokenizer json = Tokenizer.load(SMALL, SMALL_SIZE);
        Tokenizer gguf =
            Tokenizer.load(
                GgufHeader.read(SMALL.resolve("model-Q8_0.gguf")),
                SMALL_SIZE,
                ReasoningMarkers.OF_MODEL)) {
      for (String text : corpus()) {
        int[] ids = json.encode(text);
        assertThat(gguf.encode(text)).as(text).isEqualTo(ids);
        assertThat(gguf.encodePlain(text)).as(text).isEqualTo(json.encodePlain(text));
        assertThat(gguf.encode(text, true)).as(text).isEqualTo(json.encode(text, true));
        assertThat(gguf.decode(ids)).as(text).isEqualTo(json.decode(ids));
      }
    }
  }

  /** Texts of many scripts, and 300 of random characters from all planes. */
  private static List<String> corpus() {
    List<String> texts =
        new ArrayList<>(
            List.of(
                "",
                " ",
                "It's 12,345.67 o'clock; they'll say WE'VE won!\r\n\r\n\tdef f(x):\n    return x**2  ",
                "<|begin|>a <|end|>b<|pad|><|begin",
                "ÀÉîõü ß ŉ ǆ \u0301e\u0301 ﬁ Ⅷ ½ x²",
                "你好，世界。 こんにちは カタカナ 안녕하세요 123년",
                "Привет, мир! Γειά σου ქართული Ქართული հայերեն",
                "שלום עולם مرحبا بالعالم नमस्ते दुनिया ไทยไม่เว้นวรรค",
                "👩‍👩‍👧‍👦 🇩🇪 🏳️‍🌈 \uD83D\uDE00\u200D\u0000\u007F\u0085\u2028\u3000x",
                "aaaaaaaabbbbbb  a  b   c\u00a0\u00a0d"));
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      texts.add(random(random));
    }
    return texts;
  }

  private static String random(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(40); i >= 0; i--) {
      int plane = random.nextInt(4);
      int character =
          random.nextInt(plane == 0 ? 0x80 : plane == 1 ? 0x600 : plane == 2 ? 0xD800 : 0x110000);
      text.appendCodePoint(character >= 0xD800 && character < 0xE000 ? 'a' : character);
    }
    return text.toString();
  }

  @Test
  void knowsControlTokensAndThoseThatStayInText() throws Exception {
    try (Tokenizer tokenizer = load(bytesAndMarkers())) {
      int[] ids = tokenizer.encode("<｜User｜>x<think>y");
      assertThat(ids)
          .containsExactly(2, TestTokenizer.MARKERS.size() + offset('x'), 4, 6 + offset('y'));
      assertThat(tokenizer.decode(ids)).isEqualTo("x<think>y");
    }
  }

  /** Of a printable character: characters 33 to 126 stand first. */
  private static int offset(char c) {
    return c - '!';
  }

  @Test
  void framesPlainTextAsTheFileSays() throws Exception {
    try (Tokenizer bare = load(bytesAndMarkers());
        Tokenizer begun = load(bytesAndMarkers().with("tokenizer.ggml.add_bos_token", true));
        Tokenizer both =
            load(
                bytesAndMarkers()
                    .with("tokenizer.ggml.add_bos_token", true)
                    .with("tokenizer.ggml.add_eos_token", true))) {
      int x = 6 + offset('x');
      assertThat(bare.encode("x", true)).containsExactly(x);
      assertThat(begun.encode("x", true)).containsExactly(0, x);
      assertThat(both.encode("x", true)).containsExactly(0, x, 1);
      assertThat(both.encode("x")).containsExactly(x);
      assertThat(both.frame(x)).containsExactly(0, x, 1);
    }
  }

  @Test
  void rendersTheTemplateOfTheFile() throws Exception {
    GgufHeader header =
        header(
            bytesAndMarkers()
                .with(
                    "tokenizer.chat_template",
                    "{{ bos_token }}<｜User｜>{{ messages[0].content }}{{ eos_token }}<think>"));
    try (Tokenizer tokenizer =
        Tokenizer.load(header, TestTokenizer.SIZE, ReasoningMarkers.OF_MODEL)) {
      EncodedPrompt prompt =
          PromptEncoder.load(header, tokenizer).encode(List.of(Message.user("x</think>")));
      assertThat(prompt.tokens()).startsWith(0, 2, 6 + offset('x'), 6 + offset('<')).endsWith(1, 4);
      assertThat(prompt.insideThinking()).isTrue();
    }
  }

  @Test
  void takesATemplateBesideAFileThatHasNone() throws Exception {
    GgufHeader header = header(bytesAndMarkers());
    Files.writeString(folder.resolve("chat_template.jinja"), "{{ messages[0].content }}!");
    try (Tokenizer tokenizer =
        Tokenizer.load(header, TestTokenizer.SIZE, ReasoningMarkers.OF_MODEL)) {
      EncodedPrompt prompt =
          PromptEncoder.load(header, tokenizer).encode(List.of(Message.user("x")));
      assertThat(prompt.tokens()).containsExactly(6 + offset('x'), 6 + offset('!'));
    }
  }

  @Test
  void refusesVocabulariesOfOtherKinds() {
    TestGguf pieces = new TestGguf().with("tokenizer.ggml.model", "llama");
    refuses(pieces, "tokenizer.ggml.model is 'llama'; only 'gpt2' is supported");
    refuses(new TestGguf(), "tokenizer.ggml.model is 'none'");
  }

  @Test
  void refusesSplitsThatItDoesNotKnow() {
    refuses(
        bytesAndMarkers().with("tokenizer.ggml.pre", "viking"),
        "tokenizer.ggml.pre is 'viking'; supported are gpt-2, default, llama-bpe");
  }

  @Test
  void refusesVocabulariesThatDoNotFit() {
    refuses(
        bytesAndMarkers(),
        TestTokenizer.SIZE - 1,
        "tokenizer.ggml.tokens has 262 items where the model's embedding has room for 261; the");
  }

  @Test
  void takesAVocabularyWhoseEmbeddingIsPadded() throws Exception {
    try (Tokenizer tokenizer =
        Tokenizer.load(
            header(bytesAndMarkers()), TestTokenizer.SIZE + 58, ReasoningMarkers.OF_MODEL)) {
      assertThat(tokenizer.encode("x")).containsExactly(6 + offset('x'));
    }
  }

  /** Eight bytes in the file are some fifty in memory, and there they come several times. */
  @Test
  void refusesEndlessListsBeforeTheyTakeMemory() throws Exception {
    List<String> nothings = Collections.nCopies(1_000_000, "");
    TestGguf tokens = new TestGguf().with("tokenizer.ggml.model", "gpt2");
    refusesWithoutMemory(
        tokens.withTexts("tokenizer.ggml.tokens", nothings),
        "tokenizer.ggml.tokens has 1000000 items where the model's embedding has room for 262;");
    refusesWithoutMemory(
        bytesAndMarkers(nothings),
        "tokenizer.ggml.merges has 1000000 items where the model's embedding has room for 4192;");
  }

  private void refusesWithoutMemory(TestGguf gguf, String message) throws IOException {
    GgufHeader header = header(gguf);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(
            () -> Tokenizer.load(header, TestTokenizer.SIZE, ReasoningMarkers.OF_MODEL).close())
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_CHECKPOINT))
        .hasMessageContaining("t.gguf: " + message);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16 << 20);
  }

  private void refuses(TestGguf gguf, String... words) {
    refuses(gguf, TestTokenizer.SIZE, words);
  }

  private void refuses(TestGguf gguf, int size, String... words) {
    assertThatThrownBy(() -> Tokenizer.load(header(gguf), size, ReasoningMarkers.OF_MODEL).close())
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("t.gguf: ")
        .hasMessageContainingAll(words)
        .hasMessageNotContaining("\n");
  }
}
