package io.reckon.engine.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedTextTest {
  @TempDir static Path folder;
  private static Tokenizer tokenizer;

  @BeforeAll
  static void load() throws Exception {
    tokenizer = Tokenizer.load(TestTokenizer.write(folder), TestTokenizer.SIZE);
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  @Test
  void splitsAtTheClosingMarker() {
    assertThat(split("12+3\n</think>\n\n15", true))
        .isEqualTo(new ReasonedText("12+3", "15", false, 6));
  }

  @Test
  void dropsTheOpeningMarkerTheModelWroteItself() {
    assertThat(split("<think>\nso</think> yes ", false))
        .isEqualTo(new ReasonedText("so", "yes", false, 5));
  }

  @Test
  void countsOnlyTheFirstClosingMarker() {
    assertThat(split("a</think>b</think>c", true))
        .isEqualTo(new ReasonedText("a", "b</think>c", false, 2));
  }

  @Test
  void seesAMarkerThatIsSpelledInPieces() {
    GeneratedText text = tokenizer.generatedText(true, List.of());
    for (char letter : "a</think>b".toCharArray()) {
      text.append(TestTokenizer.ofByte(letter));
    }
    assertThat(text.finish()).isEqualTo(new ReasonedText("a", "b", false, 9));
  }

  @Test
  void callsReasoningWithoutAnEndTruncated() {
    assertThat(split("still", true)).isEqualTo(new ReasonedText("still", "", true, 5));
    assertThat(split("<think>still", false)).isEqualTo(new ReasonedText("still", "", true, 6));
  }

  @Test
  void takesTextWithoutMarkersAsTheAnswer() {
    assertThat(split(" plain ", false)).isEqualTo(new ReasonedText("", "plain", false, 0));
  }

  @Test
  void takesWhatStandsBeforeALoneClosingMarkerAsReasoning() {
    assertThat(split("so</think>yes", false)).isEqualTo(new ReasonedText("so", "yes", false, 3));
  }

  private static ReasonedText split(String generated, boolean insideThinking) {
    GeneratedText text = tokenizer.generatedText(insideThinking, List.of());
    for (int token : tokenizer.encode(generated)) {
      text.append(token);
    }
    return text.finish();
  }
}
