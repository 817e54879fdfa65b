package io.reckon.engine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.PromptTruncation;
import io.reckon.engine.api.SamplingParameters;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One token a byte; the template adds four. */
class PromptCutterTest {
  private static final int CONTEXT = 100;
  private static final String TEMPLATE =
      "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}<｜User｜>{% endif %}"
          + "{{ m.content }}{% endfor %}<｜Assistant｜><think>";

  @TempDir static Path folder;
  private static Tokenizer tokenizer;
  private static PromptEncoder encoder;

  @BeforeAll
  static void load() throws Exception {
    TestTokenizer.writeTemplate(TestTokenizer.write(folder), TEMPLATE);
    tokenizer = Tokenizer.load(folder, TestTokenizer.SIZE);
    encoder = PromptEncoder.load(folder, tokenizer);
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  @Test
  void leavesAPromptThatFitsAsItIs() {
    for (PromptTruncation policy : PromptTruncation.values()) {
      assertThat(text(policy, 1000, Message.user("x".repeat(95)))).hasSize(95 + 7);
    }
  }

  @Test
  void failsAPromptThatIsTooLongUnlessToldToCutIt() {
    assertTooLong(
        PromptTruncation.ERROR,
        "the prompt has 100 tokens; with one to generate, the context of 100 holds 99 (what the"
            + " model takes, or the cache where that is less); shorten it, or have it truncated",
        Message.user("x".repeat(96)));
  }

  @Test
  void keepsRoomForTheAnswer() {
    Message message = Message.user("abcdefghij".repeat(20));
    assertThat(text(PromptTruncation.RIGHT, 30, message))
        .isEqualTo("abcdefghij".repeat(7).substring(0, 66) + "<think>");
    assertThat(text(PromptTruncation.LEFT, 30, message))
        .isEqualTo("abcdefghij".repeat(7).substring(4) + "<think>");
    assertThat(text(PromptTruncation.RIGHT, 5000, message))
        .isEqualTo("abcdefghij".repeat(5).substring(0, 46) + "<think>");
  }

  @Test
  void cutsTheLongestUserMessageOnly() {
    String text =
        text(
            PromptTruncation.RIGHT,
            40,
            Message.system("system "),
            Message.user("u".repeat(200)),
            new Message("assistant", "answer "),
            Message.user("?"));
    assertThat(text).matches("system u+answer \\?<think>").hasSize(60 - 5 + 7);
  }

  @Test
  void cutsNoCharacterInTwo() {
    for (PromptTruncation policy : List.of(PromptTruncation.LEFT, PromptTruncation.RIGHT)) {
      for (String text : List.of("x🙂東é".repeat(40), "y" + "🙂".repeat(99), "é".repeat(120))) {
        String kept = text(policy, 10, Message.user(text)).replace("<think>", "");
        assertThat(text).contains(kept);
        assertThat(kept).isNotEmpty().doesNotContain("\uFFFD");
        assertThat(tokenizer.encode(kept).length).isBetween(82, 86);
      }
    }
  }

  @Test
  void cutsTextThatHoldsMarkersAsText() {
    String text = text(PromptTruncation.LEFT, 10, Message.user("</think><｜User｜>".repeat(20)));
    assertThat("</think><｜User｜>".repeat(20)).endsWith(text.substring(0, text.length() - 7));
  }

  @Test
  void failsWhereTheRestIsTooLongAlone() {
    assertTooLong(
        PromptTruncation.LEFT,
        "the prompt has 157 tokens, 3 of them in the longest user message; cutting that is not"
            + " enough for the context of 100 with room for 40 new tokens; shorten the other"
            + " messages",
        Message.system("s".repeat(150)),
        Message.user("why"));
    assertTooLong(
        PromptTruncation.RIGHT, "the prompt has 153 tokens", Message.system("s".repeat(150)));
  }

  private static EncodedPrompt encode(PromptTruncation policy, int newTokens, Message... messages) {
    SamplingParameters sampling =
        SamplingParameters.builder().maxNewTokens(newTokens).truncation(policy).build();
    return encoder.encode(new GenerationRequest(List.of(messages), sampling), CONTEXT);
  }

  private static String text(PromptTruncation policy, int newTokens, Message... messages) {
    return tokenizer.decode(encode(policy, newTokens, messages).tokens());
  }

  private static void assertTooLong(PromptTruncation policy, String message, Message... messages) {
    assertThatThrownBy(() -> encode(policy, 40, messages))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PROMPT_TOO_LONG))
        .hasMessageStartingWith(message);
  }
}
