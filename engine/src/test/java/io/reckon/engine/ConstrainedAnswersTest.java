package io.reckon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.FinishReason;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.api.Thinking;
import io.reckon.engine.constraint.Schemas;
import io.reckon.engine.text.TestTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A model of random weights whose prompts end in an open {@code <think>}. */
@Timeout(120)
class ConstrainedAnswersTest {
  private static final int SAMPLES = Integer.getInteger("reckon.test.samples", 5);
  private static final OutputConstraint LABELS =
      new OutputConstraint.Choice(List.of("positive", "negative"));

  /** Ends a turn, as the model's config.json says. */
  private static final int END = 1;

  @TempDir static Path folder;
  private static InferenceEngine engine;

  @BeforeAll
  static void open() throws Exception {
    new RandomCheckpoint(11).with("vocab_size", TestTokenizer.SIZE).write(folder);
    TestTokenizer.write(folder);
    TestTokenizer.writeTemplate(
        folder, "{% for m in messages %}{{ m.content }}{% endfor %}<｜Assistant｜><think>\n");
    engine =
        ReckonEngine.open(
            new EngineConfiguration(folder.toString(), "float32", "cpu", 32, 64L << 20));
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  @Test
  void everySchemaIsKeptTo() throws Exception {
    List<String> schemas = Schemas.schemas();
    assertThat(schemas).hasSizeGreaterThanOrEqualTo(40);
    List<List<GenerationHandle>> handles = new ArrayList<>();
    for (String schema : schemas) {
      handles.add(submit(sampled(new OutputConstraint.JsonSchema(schema))));
    }
    for (int i = 0; i < schemas.size(); i++) {
      JsonSchema schema =
          JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(schemas.get(i));
      for (GenerationHandle handle : handles.get(i)) {
        Generation generation = handle.result().join();
        assertThat(
                schema.validate(
                    generation.parsed().orElseThrow(),
                    InputFormat.JSON,
                    context -> context.getExecutionConfig().setFormatAssertionsEnabled(true)))
            .as(generation.answer())
            .isEmpty();
      }
    }
  }

  @Test
  void everyRegularExpressionIsKeptTo() throws Exception {
    List<String> regexes = Schemas.regexes();
    assertThat(regexes).hasSizeGreaterThanOrEqualTo(40);
    List<List<GenerationHandle>> handles = new ArrayList<>();
    for (String regex : regexes) {
      handles.add(submit(sampled(new OutputConstraint.Regex(regex))));
    }
    for (int i = 0; i < regexes.size(); i++) {
      for (GenerationHandle handle : handles.get(i)) {
        Generation generation = handle.result().join();
        assertThat(generation.parsed()).isPresent();
        assertThat(generation.answer()).matches(Pattern.compile(regexes.get(i)));
      }
    }
  }

  private static SamplingParameters.Builder sampled(OutputConstraint constraint) {
    return SamplingParameters.builder()
        .temperature(1.5)
        .maxNewTokens(160)
        .thinking(Thinking.atMost(8))
        .constraint(constraint);
  }

  private static List<GenerationHandle> submit(SamplingParameters.Builder sampling)
      throws InterruptedException {
    List<GenerationHandle> handles = new ArrayList<>();
    for (int seed = 0; seed < SAMPLES; seed++) {
      handles.add(submit(sampling.seed(seed).build()));
    }
    return handles;
  }

  private static GenerationHandle submit(SamplingParameters sampling) throws InterruptedException {
    return engine.submit(new GenerationRequest(List.of(Message.user("Say it.")), sampling));
  }

  private static Generation answer(SamplingParameters.Builder sampling) throws Exception {
    return submit(sampling.build()).result().join();
  }

  @Test
  void thinkingEndsWhenItsBudgetIsSpent() throws Exception {
    Generation cut =
        answer(SamplingParameters.builder().maxNewTokens(30).thinking(Thinking.atMost(10)));
    assertThat(cut.reasoningTokens()).isEqualTo(11);
    assertThat(cut.reasoningTruncated()).isFalse();
    assertThat(cut.answerTokens()).isPositive();
    assertThat(cut.finishReason()).isIn(FinishReason.LENGTH, FinishReason.THINKING_BUDGET);
    Generation label =
        answer(
            SamplingParameters.builder()
                .maxNewTokens(100)
                .thinking(Thinking.atMost(10))
                .constraint(LABELS));
    assertThat(label.finishReason()).isEqualTo(FinishReason.THINKING_BUDGET);
    assertThat(label.answer()).isIn("positive", "negative");
    assertThat(label.parsed()).contains('"' + label.answer() + '"');
  }

  @Test
  void reasoningIsClosedInTimeForTheAnswer() throws Exception {
    Generation generation =
        answer(SamplingParameters.builder().maxNewTokens(40).constraint(LABELS));
    assertThat(generation.answer()).isIn("positive", "negative");
    assertThat(generation.reasoningTokens() + generation.answerTokens()).isLessThanOrEqualTo(40);
  }

  @Test
  void withoutThinkingTheAnswerBeginsAtOnce() throws Exception {
    Generation generation =
        answer(
            SamplingParameters.builder().maxNewTokens(8).thinking(Thinking.OFF).constraint(LABELS));
    assertThat(generation.reasoning()).isEmpty();
    assertThat(generation.reasoningTokens()).isZero();
    assertThat(generation.answer()).isIn("positive", "negative");
    assertThat(generation.answerTokens()).isEqualTo(8);
    assertThat(generation.finishReason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void whatIsForcedTakesNoStepOfItsOwn() throws Exception {
    long stepsBefore = engine.counters().steps();
    Generation generation =
        answer(
            SamplingParameters.builder()
                .thinking(Thinking.OFF)
                .listTokens(true)
                .constraint(new OutputConstraint.Regex("(yes|no), and that is my last word")));
    assertThat(generation.answer()).endsWith(", and that is my last word");
    // One step reads the prompt and chooses the first letter; all others follow from it.
    assertThat(engine.counters().steps() - stepsBefore).isEqualTo(1);
    assertThat(generation.tokens()).hasSize(generation.answer().length());
    assertThat(generation.logprob()).isEqualTo(generation.tokens().get(0).logprob()).isNegative();
  }

  @Test
  void anAnswerWithoutAnyChoiceTakesNoStep() throws Exception {
    long stepsBefore = engine.counters().steps();
    Generation generation =
        answer(
            SamplingParameters.builder()
                .thinking(Thinking.OFF)
                .constraint(new OutputConstraint.Choice(List.of("fine"))));
    assertThat(generation.answer()).isEqualTo("fine");
    assertThat(engine.counters().steps()).isEqualTo(stepsBefore);
  }

  @Test
  void aConstrainedAnswerIsTheSameInAnyCompany() throws Exception {
    OutputConstraint schema = new OutputConstraint.JsonSchema(Schemas.schemas().get(33));
    List<Generation> together = new ArrayList<>();
    for (GenerationHandle handle : submit(sampled(schema))) {
      together.add(handle.result().join());
    }
    for (int seed = 0; seed < SAMPLES; seed++) {
      Generation alone = answer(sampled(schema).seed(seed));
      assertThat(alone.answer()).isEqualTo(together.get(seed).answer());
      assertThat(alone.reasoning()).isEqualTo(together.get(seed).reasoning());
    }
  }

  @Test
  void refusesAnAnswerForWhichThereIsNoRoom() {
    assertThatThrownBy(
            () -> answer(SamplingParameters.builder().maxNewTokens(9).constraint(LABELS)))
        .isInstanceOf(CompletionException.class)
        .cause()
        .hasMessageContaining("9 tokens may be generated")
        .hasMessageContaining("can take 10")
        .extracting(e -> ((EngineException) e).code())
        .isEqualTo(ErrorCode.NO_ROOM_FOR_ANSWER);
  }

  @Test
  void refusesABadConstraint() {
    assertThatThrownBy(
            () -> answer(SamplingParameters.builder().constraint(new OutputConstraint.Regex("("))))
        .cause()
        .extracting(e -> ((EngineException) e).code())
        .isEqualTo(ErrorCode.BAD_OPTION);
  }

  @Test
  void aStopStringCutsTheAnswerWhichIsThenNotWhole() throws Exception {
    OutputConstraint regex = new OutputConstraint.Regex("ab</think>cd");
    for (Thinking thinking : List.of(Thinking.atMost(4), Thinking.OFF)) {
      SamplingParameters.Builder sampling =
          SamplingParameters.builder().maxNewTokens(64).thinking(thinking).constraint(regex);

      Generation whole = answer(sampling.stopStrings(List.of("x")));
      assertThat(whole.answer()).isEqualTo("ab</think>cd");
      assertThat(whole.parsed()).hasValue("\"ab</think>cd\"");

      Generation cut = answer(sampling.stopStrings(List.of("d", "think")));
      assertThat(cut.answer()).isEqualTo("ab</");
      assertThat(cut.parsed()).isEmpty();
      assertThat(cut.finishReason()).isNotEqualTo(FinishReason.LENGTH);
    }
  }

  @Test
  void aStopTokenEndsTheAnswerWhichIsThenNotWhole() throws Exception {
    SamplingParameters.Builder sampling =
        SamplingParameters.builder()
            .maxNewTokens(64)
            .thinking(Thinking.OFF)
            .constraint(new OutputConstraint.Regex("[ab]{4}"));
    Generation whole = answer(sampling.listTokens(true));
    assertThat(whole.parsed()).isPresent();

    int second = whole.tokens().get(1).token();
    Generation cut = answer(sampling.stopTokens(Set.of(second)));
    assertThat(whole.answer()).startsWith(cut.answer()).isNotEqualTo(cut.answer());
    assertThat(cut.parsed()).isEmpty();
    assertThat(cut.finishReason()).isEqualTo(FinishReason.STOP);
  }

  /**
   * The model wants to end its turn at once, and where it may; it writes a b before a second end.
   */
  private static SamplingParameters.Builder endsItsTurnInItsReasoning() {
    return SamplingParameters.builder()
        .maxNewTokens(64)
        .logitBias(Map.of(END, 100.0, TestTokenizer.ofByte('b'), 80.0))
        .repetitionPenalty(2)
        .constraint(new OutputConstraint.Regex("b*"));
  }

  @Test
  void anEndThatWasPassedOverIsNoPartOfTheOutputThatPenaltiesCount() throws Exception {
    Generation generation = answer(endsItsTurnInItsReasoning());
    assertThat(generation.reasoning()).isEmpty();
    assertThat(generation.answer()).isEmpty();
    assertThat(generation.parsed()).hasValue("\"\"");
  }

  @Test
  void anEndThatIsAStopTokenEndsTheRequestInItsReasoningToo() throws Exception {
    Generation generation = answer(endsItsTurnInItsReasoning().stopTokens(Set.of(END)));
    assertThat(generation.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(generation.reasoningTruncated()).isTrue();
    assertThat(generation.parsed()).isEmpty();
  }

  @Test
  void aStopTokenEndsTheRequestInItsReasoningAndWhereItIsForced() throws Exception {
    SamplingParameters.Builder sampling =
        SamplingParameters.builder()
            .maxNewTokens(64)
            .thinking(Thinking.atMost(8))
            .constraint(new OutputConstraint.Regex("xyz[ab]{4}"))
            .listTokens(true);
    Generation whole = answer(sampling);
    assertThat(whole.parsed()).isPresent();
    int thought = whole.tokens().get(2).token();
    int forced = whole.tokens().get(whole.reasoningTokens()).token();

    Generation inReasoning = answer(sampling.stopTokens(Set.of(thought)));
    assertThat(inReasoning.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(inReasoning.reasoningTruncated()).isTrue();
    assertThat(inReasoning.answer()).isEmpty();
    assertThat(inReasoning.parsed()).isEmpty();

    Generation whereForced = answer(sampling.stopTokens(Set.of(forced)));
    assertThat(whereForced.reasoning()).isEqualTo(whole.reasoning());
    assertThat(whereForced.answer()).isEmpty();
    assertThat(whereForced.parsed()).isEmpty();
  }
}
