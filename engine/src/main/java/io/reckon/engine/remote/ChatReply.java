package io.reckon.engine.remote;

import com.openai.core.JsonField;
import com.openai.core.JsonNumber;
import com.openai.core.JsonString;
import com.openai.core.JsonValue;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionTokenLogprob;
import com.openai.models.completions.CompletionUsage;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.FinishReason;
import io.reckon.engine.api.GeneratedToken;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.ReasoningMarkers;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.api.TokenLogprob;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** A reply as a generation. */
final class ChatReply {
  /** An endpoint tells a token by its text; where it tells no id either, this stands for one. */
  static final int UNKNOWN_TOKEN = -1;

  /** How vLLM can be told to write tokens. */
  private static final String TOKEN_ID = "token_id:";

  /** DeepSeek's name for it, and the one of later servers. */
  private static final List<String> REASONING_FIELDS = List.of("reasoning_content", "reasoning");

  /** Where the answer has its end: the protocol's word, none, Together's, Hugging Face's two. */
  private static final Set<String> ENDED = Set.of("stop", "", "eos", "eos_token", "stop_sequence");

  /** Where there was no more room: the protocol's word, and Mistral's for a full context. */
  private static final Set<String> CUT = Set.of("length", "model_length");

  private final ChatCompletion completion;
  private final ChatCompletion.Choice choice;
  private final boolean cut;
  private final SplitReply text;

  private ChatReply(
      ChatCompletion completion, ChatCompletion.Choice choice, ReasoningMarkers markers) {
    this.completion = completion;
    this.choice = choice;
    this.cut = CUT.contains(finishReason());
    this.text = text(choice.message(), markers);
  }

  /**
   * @throws OpenAIException where the reply holds no choice, or was broken off; one that comes next
   *     may be whole
   * @throws OpenAIInvalidDataException where a member is not as the protocol has it
   * @throws EngineException {@code ENDPOINT_REFUSED} where it holds no answer to the request
   */
  static Generation read(
      ChatCompletion completion, SamplingParameters sampling, ReasoningMarkers markers) {
    List<ChatCompletion.Choice> choices =
        isLeftOut(completion._choices()) ? List.of() : completion.choices();
    if (choices.isEmpty() || isLeftOut(choices.get(0)._message())) {
      throw new OpenAIException("the reply holds no choices", null);
    }
    ChatReply reply = new ChatReply(completion, choices.get(0), markers);
    reply.requireAnswer();
    return reply.generation(sampling);
  }

  private static boolean isLeftOut(JsonField<?> member) {
    return member.isMissing() || member.isNull();
  }

  private void requireAnswer() {
    String reason = finishReason();
    if (reason.equals("content_filter")) {
      throw refused("the endpoint's content filter ended the answer");
    }
    if (!cut && !ENDED.contains(reason)) {
      throw new OpenAIException(
          "the answer was broken off, with finish_reason '%s'".formatted(reason), null);
    }
    choice
        .message()
        .refusal()
        .filter(refusal -> !refusal.isEmpty())
        .ifPresent(
            refusal -> {
              throw refused("the model refused: " + refusal);
            });
  }

  private static EngineException refused(String what) {
    return new EngineException(ErrorCode.ENDPOINT_REFUSED, what + "; change the prompt");
  }

  private Generation generation(SamplingParameters sampling) {
    int generated = usage(CompletionUsage::_completionTokens);
    int reasoning = Math.min(generated, reasoningTokens(generated));
    List<GeneratedToken> tokens = tokens();
    AnswerFormat.Answer answer = answer(sampling);
    return new Generation(
        answer.text(),
        answer.parsed(),
        text.reasoning(),
        cut && text.insideReasoning(),
        cut ? FinishReason.LENGTH : FinishReason.STOP,
        usage(CompletionUsage::_promptTokens),
        cachedTokens(),
        reasoning,
        generated - reasoning,
        logprob(
            tokens, Generation.listedBeforeAnswer(tokens.size(), reasoning, generated - reasoning)),
        sampling.listTokens() ? tokens : List.of());
  }

  /** Empty where the server tells none. */
  private String finishReason() {
    return choice
        ._finishReason()
        .asKnown()
        .map(ChatCompletion.Choice.FinishReason::asString)
        .orElse("");
  }

  private static SplitReply text(ChatCompletionMessage message, ReasoningMarkers markers) {
    return message
        ._content()
        .asArray()
        .map(ContentChunks::of)
        .map(
            chunks ->
                chunks.reasoning().isEmpty()
                    ? text(message, chunks.answer(), markers)
                    : SplitReply.of(chunks.reasoning(), chunks.answer()))
        .orElseGet(() -> text(message, message.content().orElse(""), markers));
  }

  private static SplitReply text(
      ChatCompletionMessage message, String content, ReasoningMarkers markers) {
    return REASONING_FIELDS.stream()
        .map(field -> message._allProperties().get(field))
        .flatMap(value -> text(value).stream())
        .findFirst()
        .map(reasoning -> SplitReply.of(reasoning, content))
        .orElseGet(() -> SplitReply.of(content, markers));
  }

  private static Optional<String> text(JsonValue valueOrNull) {
    return valueOrNull instanceof JsonString text && !text.value().isBlank()
        ? Optional.of(text.value())
        : Optional.empty();
  }

  /** One that was cut keeps to no constraint, or does so by accident. */
  private AnswerFormat.Answer answer(SamplingParameters sampling) {
    AnswerFormat.Answer unheld = new AnswerFormat.Answer(text.answer(), Optional.empty());
    if (cut && !AnswerFormat.showsItsEnd(sampling.constraint(), text.answer())) {
      return unheld;
    }
    try {
      return AnswerFormat.read(sampling.constraint(), text.answer());
    } catch (EngineException e) {
      if (mayBeCut(sampling)) {
        return unheld;
      }
      throw e;
    }
  }

  /** Servers call it a stop where one of the request's own ends an answer, too. */
  private boolean mayBeCut(SamplingParameters sampling) {
    return cut || !sampling.stopStrings().isEmpty() || !sampling.stopTokens().isEmpty();
  }

  private int usage(Function<CompletionUsage, JsonField<Long>> count) {
    return completion
        .usage()
        .flatMap(usage -> count.apply(usage).asKnown())
        .map(Math::toIntExact)
        .orElse(0);
  }

  private int cachedTokens() {
    return completion
        .usage()
        .flatMap(CompletionUsage::promptTokensDetails)
        .flatMap(CompletionUsage.PromptTokensDetails::cachedTokens)
        .map(Math::toIntExact)
        .orElse(0);
  }

  /** What the server counts; else the reasoning's share of the text. */
  private int reasoningTokens(int generated) {
    return completion
        .usage()
        .flatMap(CompletionUsage::completionTokensDetails)
        .flatMap(CompletionUsage.CompletionTokensDetails::reasoningTokens)
        .filter(counted -> counted > 0 || text.reasoning().isEmpty())
        .map(Math::toIntExact)
        .orElseGet(() -> (int) Math.round(generated * text.reasoningShare()));
  }

  private List<GeneratedToken> tokens() {
    return choice.logprobs().flatMap(ChatCompletion.Choice.Logprobs::content).stream()
        .flatMap(List::stream)
        .map(ChatReply::token)
        .toList();
  }

  private static GeneratedToken token(ChatCompletionTokenLogprob token) {
    List<TokenLogprob> likeliest =
        token._topLogprobs().asKnown().stream() // Left out by some where they were not asked for.
            .flatMap(List::stream)
            .map(top -> new TokenLogprob(id(top.token(), top._allProperties()), top.logprob()))
            .filter(top -> top.token() != UNKNOWN_TOKEN)
            .toList();
    int id = id(token.token(), token._allProperties());
    return new GeneratedToken(new TokenLogprob(id, token.logprob()), likeliest);
  }

  private static int id(String token, Map<String, JsonValue> more) {
    if (token.startsWith(TOKEN_ID) && token.substring(TOKEN_ID.length()).matches("\\d{1,9}")) {
      return Integer.parseInt(token.substring(TOKEN_ID.length()));
    }
    return more.get("id") instanceof JsonNumber id ? id.value().intValue() : UNKNOWN_TOKEN;
  }

  /** Not a number where the server was not asked, or did not tell. */
  private static double logprob(List<GeneratedToken> tokens, int first) {
    return tokens.isEmpty()
        ? Double.NaN
        : tokens.stream().skip(first).mapToDouble(GeneratedToken::logprob).sum();
  }
}
