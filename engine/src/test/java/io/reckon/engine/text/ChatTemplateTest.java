package io.reckon.engine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.Thinking;
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

  /** As DeepSeek's later templates and those of Llama 3.1 and Qwen 3 are written. */
  @Test
  void rendersWhatLaterTemplatesAreWrittenWith() {
    String source =
        """
        {%- if not date_string is defined %}
            {%- if strftime_now is defined %}
                {%- set date_string = strftime_now("%d %b %Y") %}
            {%- else %}
                {%- set date_string = "26 Jul 2024" %}
            {%- endif %}
        {%- endif %}
        {%- if not thinking is defined -%}{%- set thinking = true -%}{%- endif -%}
        {%- set ns = namespace(system='', last_user=false, index=-1) -%}
        {%- if messages[0]['role'] == 'system' %}
            {%- set ns.system = messages[0]['content']|trim %}
            {%- set messages = messages[1:] %}
        {%- endif %}
        {%- for message in messages[::-1] %}
            {%- if ns.index < 0 and message.role == "user" and message.content is string %}
                {%- set ns.index = (messages|length - 1) - loop.index0 %}
            {%- endif %}
        {%- endfor %}
        {{- bos_token ~ date_string + '|' + ns.system + '|' }}
        {%- for message in messages %}
            {%- set content = message['content'] -%}
            {%- if message['role'] == 'assistant' and (message['tool_calls'] is not defined or message['tool_calls'] is none) %}
                {%- if '</think>' in content -%}
                    {%- set content = content.split('</think>', 1)[1].lstrip('\\n') -%}
                {%- endif -%}
                {%- set ns.last_user = false -%}
                {{- '<A>' + content + eos_token }}
            {%- elif message.role == "user" %}
                {%- set ns.last_user = true -%}
                {{- '<U>' + content + ('!' if loop.last else ',') }}
            {%- endif %}
        {%- endfor -%}
        {{- ns.index }}
        {%- if add_generation_prompt and ns.last_user and not ns.is_tool -%}
            {{- '<A>' }}{%- if not thinking -%}{{'</think>'}}{%- else -%}{{'<think>'}}{%- endif -%}
        {%- endif %}
        """;
    ChatTemplate template = ChatTemplate.of(source, Map.of("bos_token", "B", "eos_token", "E"));
    assertThat(template.render(CONVERSATION))
        .isEqualTo(
            "B26 Jul 2024|Be brief.|<U>One and one?,<A>Two.E<U> And {{ three }}? !2<A><think>");
  }

  @Test
  void rendersQwen() throws Exception {
    assertThat(template("qwen-2.5").render(List.of(Message.user("U"))))
        .isEqualTo(
            "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
                + "<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n");
  }

  @Test
  void tellsATemplateHowToReason() {
    ChatTemplate template =
        ChatTemplate.of("{{ thinking }}|{{ enable_thinking }}|{{ reasoning_effort }}", Map.of());
    List<Message> question = List.of(Message.user("U"));
    assertThat(template.render(question, Thinking.FREE)).isEqualTo("||");
    assertThat(template.render(question, Thinking.ON)).isEqualTo("true|true|");
    assertThat(template.render(question, Thinking.atMost(9))).isEqualTo("true|true|");
    assertThat(template.render(question, Thinking.OFF)).isEqualTo("false|false|");
    assertThat(template.render(question, Thinking.effort("low"))).isEqualTo("||low");
    assertThat(template.render(question, Thinking.effort("none"))).isEqualTo("false|false|");
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
