package io.reckon.engine.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.api.ReasoningMarkers;
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
  void splitsAtTheMarkersThatAreGiven() {
    ReasoningMarkers given = new ReasoningMarkers("[T]", "[/T]");
    try (Tokenizer other = Tokenizer.load(folder, TestTokenizer.SIZE, given)) {
      GeneratedText text = other.generatedText(false, List.of());
      for (char letter : "[T]a</think>b[/T]c".toCharArray()) {
        text.append(TestTokenizer.ofByte(letter));
      }
      assertThat(text.finish()).isEqualTo(new ReasonedText("a</think>b", "c", false, 17));
      assertThat(other.decode(other.closeOfThinking())).isEqualTo("[/T]");
    }
  }

  @Test
  void takesThePairThatTheVocabularyHas() {
    List<AddedToken> tokens =
        List.of(
            new AddedToken(0, "[THINK]", true, false),
            new AddedToken(1, "[/THINK]", true, false),
            new AddedToken(2, "<think>", true, false));
    assertThat(KnownMarkers.of(ReasoningMarkers.OF_MODEL, tokens))
        .isEqualTo(new ReasoningMarkers("[THINK]", "[/THINK]"));
    assertThat(KnownMarkers.of(ReasoningMarkers.OF_MODEL, List.of()))
        .isEqualTo(new ReasoningMarkers("<think>", "</think>"));
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

  @Test
  void endsTheAnswerAtAStopStringThatSpansTokens() {
    GeneratedText text = tokenizer.generatedText(true, List.of("END", "\n\n"));
    assertThat(appendUntilStopped(text, "12</think>\n\n15 EN, E ENDX")).isEqualTo("D");
    assertThat(text.finish()).isEqualTo(new ReasonedText("12", "15 EN, E", false, 3));
  }

  @Test
  void doesNotLookForStopStringsInReasoning() {
    GeneratedText text = tokenizer.generatedText(true, List.of("stop"));
    assertThat(appendUntilStopped(text, "stop or not</think>go, stop here")).isEqualTo("p");
    assertThat(text.finish()).isEqualTo(new ReasonedText("stop or not", "go,", false, 12));
  }

  @Test
  void looksForStopStringsFromTheStartWhereTheModelDoesNotThink() {
    GeneratedText text = tokenizer.generatedText(false, List.of("<"));
    assertThat(appendUntilStopped(text, "<that > is")).isEqualTo("a");
    assertThat(text.finish()).isEqualTo(new ReasonedText("", "", false, 0));
    GeneratedText thinking = tokenizer.generatedText(false, List.of("<"));
    assertThat(appendUntilStopped(thinking, "<think>a<b</think>c<d")).isEqualTo("<");
    assertThat(thinking.finish()).isEqualTo(new ReasonedText("a<b", "c", false, 5));
  }

  @Test
  void beginsTheAnswerAtItsFirstVisibleCharacter() {
    GeneratedText text = tokenizer.generatedText(true, List.of("\n"));
    assertThat(appendUntilStopped(text, "a</think>\n \nyes\nno")).isEqualTo("\n");
    assertThat(text.finish()).isEqualTo(new ReasonedText("a", "yes", false, 2));
  }

  @Test
  void cutsAnAnswerThatWasToldOtherwiseByTheSameRule() {
    GeneratedText text = tokenizer.generatedText(true, List.of(" "));
    assertThat(text.cut(" ab cd")).isEqualTo("ab");
    assertThat(text.cut("\nabcd")).isEqualTo("\nabcd");
  }

  @Test
  void keepsTheBeginningOfAStopStringThatNeverCame() {
    GeneratedText text = tokenizer.generatedText(true, List.of("END"));
    assertThat(appendUntilStopped(text, "a</think>yes EN")).isEmpty();
    assertThat(text.finish()).isEqualTo(new ReasonedText("a", "yes EN", false, 2));
  }

  @Test
  void stopsAtTheStopStringThatBeginsFirst() {
    GeneratedText text = tokenizer.generatedText(true, List.of("c", "bc"));
    assertThat(appendUntilStopped(text, "</think>abcd")).isEqualTo("c");
    assertThat(text.finish().answer()).isEqualTo("a");
  }

  /** The token that the text stopped at; empty where it did not. */
  private static String appendUntilStopped(GeneratedText text, String generated) {
    for (int token : tokenizer.encode(generated)) {
      text.append(token);
      if (text.stopped()) {
        return tokenizer.decode(token);
      }
    }
    return "";
  }

  private static ReasonedText split(String generated, boolean insideThinking) {
    GeneratedText text = tokenizer.generatedText(insideThinking, List.of());
    for (int token : tokenizer.encode(generated)) {
      text.append(token);
    }
    return text.finish();
  }
}
