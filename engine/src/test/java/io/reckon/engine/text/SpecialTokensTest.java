package io.reckon.engine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a folder says of the tokens that a text begins and ends with. */
class SpecialTokensTest {
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
        "{'eos_token':'<｜Assistant｜>'} # {'eos_token':'<｜User｜>'} # 3",
        "{'eos_token':'x'} # {'eos_token':'<｜User｜>'} # -1",
        "{} # {'eos_token':'x'} # -1",
        "{} # {'bos_token':'<｜User｜>'} # -1",
      })
  void theMapNamesTheEndTokenWhereTheSettingsDoNot(String settings, String map, int end)
      throws Exception {
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
    assertThat(template()).isEqualTo("<b>|</s>|<p>|");
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

  private void write(String file, String json) throws IOException {
    Files.writeString(folder.resolve(file), json.replace('\'', '"'));
  }

  private Tokenizer tokenizer() {
    return Tokenizer.load(folder, TestTokenizer.SIZE);
  }
}
