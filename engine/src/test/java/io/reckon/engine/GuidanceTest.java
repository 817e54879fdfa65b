package io.reckon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.api.Thinking;
import io.reckon.engine.constraint.Constraints;
import io.reckon.engine.text.GeneratedText;
import io.reckon.engine.text.TestTokenizer;
import io.reckon.engine.text.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuidanceTest {
  private static final int[] NO_CLOSE = {TestTokenizer.ofByte('x')};

  /** Of markers that the tokenizer does not spell as it reads them. */
  @Test
  void reasoningThatDoesNotCloseIsClosedOnce(@TempDir Path folder) throws Exception {
    try (Tokenizer tokenizer = Tokenizer.load(TestTokenizer.write(folder), TestTokenizer.SIZE)) {
      GeneratedText text = tokenizer.generatedText(true, List.of());
      Guidance guidance =
          new Guidance(
              SamplingParameters.builder().thinking(Thinking.atMost(1)).build(),
              text,
              Optional.empty(),
              NO_CLOSE,
              100);
      assertThat(guidance.forced(1)).isEqualTo(NO_CLOSE);
      text.append(NO_CLOSE[0]);
      assertThat(text.thinking()).isTrue();
      assertThat(guidance.forced(2)).isEmpty();
    }
  }

  @Test
  void anEndAfterReasoningThatDidNotCloseEndsTheRequest(@TempDir Path folder) throws Exception {
    try (Tokenizer tokenizer = Tokenizer.load(TestTokenizer.write(folder), TestTokenizer.SIZE)) {
      Constraints constraints =
          new Constraints(tokenizer::bytesOfText, tokenizer::encodeText, List.of(1));
      Guidance guidance =
          new Guidance(
              SamplingParameters.GREEDY,
              tokenizer.generatedText(true, List.of()),
              Optional.of(constraints.compile(new OutputConstraint.Regex("a+"))),
              NO_CLOSE,
              100);
      assertThat(guidance.turnEnded()).isFalse();
      assertThat(guidance.forced(1)).isEqualTo(NO_CLOSE);
      assertThat(guidance.turnEnded()).isTrue();
    }
  }
}
