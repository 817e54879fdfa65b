package io.reckon.engine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.Message;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Templates as they are published with the models they are named for. */
class ChatTemplateTest {
  private static final List<Message> CONVERSATION =
      List.of(
          Message.system("Be brief."),
          Message.user("One and one?"),
          new Message("assistant", "<think>\n1+1\n</think>\n\nTwo."),
          Message.user(" And {{ three }}? "));

  @Test
  void rendersDeepSeekR1() throws Exception {
    assertThat(template("deepseek-r1").render(CONVERSATION))
        .isEqualTo(
            "<BOS>Be brief.<｜User｜>One and one?<｜Assistant｜>\n\nTwo.<｜end▁of▁sentence｜>"
                + "<｜User｜> And {{ three }}? <｜Assistant｜><think>\n");
  }

  @Test
  void rendersChatMl() throws Exception {
    assertThat(template("chatml").render(List.of(Message.system("S"), Message.user("U"))))
        .isEqualTo(
            "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n"
                + "<|im_start|>assistant\n");
  }

  @Test
  void rendersLlama3() throws Exception {
    assertThat(template("llama-3").render(List.of(Message.system("S"), Message.user(" U "))))
        .isEqualTo(
            "<BOS><|start_header_id|>system<|end_header_id|>\n\nS<|eot_id|>"
                + "<|start_header_id|>user<|end_header_id|>\n\nU<|eot_id|>"
                + "<|start_header_id|>assistant<|end_header_id|>\n\n");
  }

  @Test
  void rendersQwen() throws Exception {
    assertThat(template("qwen-2.5").render(List.of(Message.user("U"))))
        .isEqualTo(
            "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
                + "<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n");
  }

  @Test
  void saysWhyATemplateRefuses() throws Exception {
    ChatTemplate template = template("alternating");
    assertThat(template.render(List.of(Message.user("U")))).isEqualTo("<BOS>[INST] U [/INST]");
    assertThatThrownBy(() -> template.render(CONVERSATION))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_REFUSED))
        .hasMessage(
            "the chat template refused the messages: Conversation roles must alternate"
                + " user/assistant/user/assistant/...");
  }

  @Test
  void refusesATemplateThatIsNoJinja() {
    ChatTemplate template = ChatTemplate.of("{% for message in %}", Map.of());
    assertThatThrownBy(() -> template.render(CONVERSATION))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("the chat template");
  }

  private static ChatTemplate template(String name) throws IOException {
    try (InputStream in = ChatTemplateTest.class.getResourceAsStream(name + ".jinja")) {
      String source = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return ChatTemplate.of(source, Map.of("bos_token", "<BOS>", "eos_token", "<EOS>"));
    }
  }
}
