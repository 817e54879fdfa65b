package io.reckon.engine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a folder says of the tokens that a text begins and ends with. */
class SpecialTokensTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int BEGIN = 0;
  private static final String ADDS_BEGIN =
      "{'add_bos_token':true,'bos_token':'<｜begin▁of▁sentence｜>'}";
  private static final String TEXT = "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}";
  private static final String SPECIAL_TOKEN = "{\"SpecialToken\":{\"id\":\"B\",\"type_id\":0}}";

  @TempDir Path folder;

  @BeforeEach
  void write() throws Exception {
    TestTokenizer.write(folder);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "{} # {'eos_token':'<｜User｜>'} # 2",
        "{} # {'eos_token':{'content':'<｜User｜>','lstrip':false}} # 2",
        "{'eos_token':null} # {'eos_token':'<｜User｜>'} # 2",
        "{'eos_token':'<｜Assistant｜>'} # {'eos_token':'<｜User｜>'} # 2",
        "{'eos_token':'<｜Assistant｜>'} # {'bos_token':'<｜User｜>'} # 3",
        "{'eos_token':'<｜Assistant｜>','added_tokens_decoder':{}} # {'eos_token':'<｜User｜>'} # 3",
        "{'added_tokens_decoder':{}} # {'eos_token':'<｜User｜>'} # -1",
        "{} # {'eos_token':'x'} # -1",
        "{} # {'bos_token':'<｜User｜>'} # -1",
      })
  void theMapNamesTheEndTokenOfOlderFolders(String settings, String map, int end) throws Exception {
    write("tokenizer_config.json", settings);
    write("special_tokens_map.json", map);
    try (Tokenizer tokenizer = tokenizer()) {
      assertThat(tokenizer.endToken(folder).orElse(-1)).isEqualTo(end);
    }
  }

  @Test
  void theMapNamesMarkersOfTemplates() throws Exception {
    Files.writeString(
        folder.resolve("chat_template.jinja"), "{{ bos_token }}|{{ eos_token }}|{{ pad_token }}|");
    write("special_tokens_map.json", "{'bos_token':{'content':'<s>'},'eos_token':'</s>'}");
    assertThat(template()).isEqualTo("<s>|</s>||");
    write("tokenizer_config.json", "{'bos_token':'<b>','pad_token':'<p>'}");
    assertThat(template()).isEqualTo("<s>|</s>|<p>|");
    write("tokenizer_config.json", "{'bos_token':'<b>','added_tokens_decoder':{}}");
    assertThat(template()).isEqualTo("<b>|||");
  }

  @Test
  void refusesAMapThatIsBroken() throws Exception {
    write("special_tokens_map.json", "{");
    try (Tokenizer tokenizer = tokenizer()) {
      assertThatThrownBy(() -> tokenizer.endToken(folder))
          .isInstanceOfSatisfying(
              EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_CHECKPOINT))
          .hasMessageStartingWith(
              folder.resolve("special_tokens_map.json") + ": is not valid JSON");
    }
  }

  private String template() {
    return ChatTemplate.read(folder).orElseThrow().render(List.of(Message.user("x")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "{'add_bos_token':true,'bos_token':'<｜begin▁of▁sentence｜>'} # true",
        "{'add_bos_token':true,'bos_token':{'content':'<｜begin▁of▁sentence｜>'}} # true",
        "{'add_bos_token':false,'bos_token':'<｜begin▁of▁sentence｜>'} # false",
        "{'add_bos_token':null,'bos_token':'<｜begin▁of▁sentence｜>'} # false",
        "{'bos_token':'<｜begin▁of▁sentence｜>'} # false",
        "{'add_bos_token':true,'bos_token':'x'} # false",
        "{'add_bos_token':true} # false",
      })
  void aPromptWithoutATemplateBeginsAsTheSettingsSay(String settings, boolean begins)
      throws Exception {
    write("tokenizer_config.json", settings);
    int[] begin = begins ? new int[] {BEGIN} : new int[0];
    assertThat(encode("ab")).isEqualTo(and(begin, bytes("ab")));
    assertThat(encode("a<think>")).isEqualTo(and(begin, bytes("a<think>")));
  }

  @Test
  void theMapNamesTheBeginTokenToo() throws Exception {
    write("tokenizer_config.json", "{'add_bos_token':true}");
    write("special_tokens_map.json", "{'bos_token':'<｜begin▁of▁sentence｜>'}");
    assertThat(encode("ab")).isEqualTo(and(new int[] {BEGIN}, bytes("ab")));
  }

  /** Llama's own files say it in both places. */
  @Test
  void theBeginTokenComesOnceWhereTheTokenizerAddsItToo() throws Exception {
    write("tokenizer_config.json", ADDS_BEGIN);
    frame(SPECIAL_TOKEN, TEXT);
    assertThat(encode("ab")).isEqualTo(and(new int[] {BEGIN}, bytes("ab")));
    assertThat(encode("a<think>")).isEqualTo(and(new int[] {BEGIN}, bytes("a<think>")));
  }

  @Test
  void whatTheTokenizerPutsBehindATextIsNoBegin() throws Exception {
    write("tokenizer_config.json", ADDS_BEGIN);
    frame(TEXT, SPECIAL_TOKEN);
    assertThat(encode("ab")).isEqualTo(and(new int[] {BEGIN}, and(bytes("ab"), BEGIN)));
  }

  @Test
  void aTemplateWritesItsOwnBegin() throws Exception {
    write("tokenizer_config.json", ADDS_BEGIN);
    Files.writeString(folder.resolve("chat_template.jinja"), "{{ messages[0].content }}");
    assertThat(encode("ab")).isEqualTo(bytes("ab"));
  }

  @Test
  void aPromptOfNothingButItsBeginIsEmpty() throws Exception {
    write("tokenizer_config.json", ADDS_BEGIN);
    assertThatThrownBy(() -> encode(""))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PROMPT_EMPTY));
  }

  /** Gives the tokenizer a post processor of these parts. */
  private void frame(String... parts) throws IOException {
    Path file = folder.resolve("tokenizer.json");
    ObjectNode root = (ObjectNode) JSON.readTree(file.toFile());
    String single = "[" + String.join(",", parts) + "]";
    root.set(
        "post_processor",
        JSON.readTree(
            """
            {"type":"TemplateProcessing","single":%s,
             "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],
             "special_tokens":{"B":{"id":"B","ids":[%d],"tokens":["%s"]}}}
            """
                .formatted(single, BEGIN, TestTokenizer.MARKERS.get(BEGIN))));
    JSON.writeValue(file.toFile(), root);
  }

  private int[] encode(String text) {
    try (Tokenizer tokenizer = tokenizer()) {
      return PromptEncoder.load(folder, tokenizer).encode(List.of(Message.user(text))).tokens();
    }
  }

  private static int[] bytes(String text) {
    return text.chars().map(TestTokenizer::ofByte).toArray();
  }

  private static int[] and(int[] first, int... second) {
    return IntStream.concat(IntStream.of(first), IntStream.of(second)).toArray();
  }

  private void write(String file, String json) throws IOException {
    Files.writeString(folder.resolve(file), json.replace('\'', '"'));
  }

  private Tokenizer tokenizer() {
    return Tokenizer.load(folder, TestTokenizer.SIZE);
  }
}
