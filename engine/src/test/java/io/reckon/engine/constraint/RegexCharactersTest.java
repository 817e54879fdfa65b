package io.reckon.engine.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.regex.Pattern;
import org.apache.lucene.util.automaton.CharacterRunAutomaton;
import org.apache.lucene.util.automaton.Operations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegexCharactersTest {
  /** Characters that are one text that a pattern takes. */
  private static BitSet taken(String pattern) {
    CharacterRunAutomaton run =
        new CharacterRunAutomaton(Operations.determinize(RegexParser.whole(pattern), 10_000));
    BitSet taken = new BitSet();
    CodePoints.ALL.stream()
        .filter(character -> run.run(Character.toString(character)))
        .forEach(taken::set);
    return taken;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\\s",
        "\\S",
        "\\d",
        "\\D",
        "\\w",
        "\\W",
        "[^\\s]",
        "[^\\S]",
        "[^\\d]",
        "[^\\D]",
        "[^\\w]",
        "[^\\W]",
        "[^\\W\\d_]",
        "[^\\S\\n]",
        "[\\s\\d]",
        "[^\\s\\d]",
        "[^\\p{L}\\d]",
        "[^\\P{L}a-z]"
      })
  void takesOnlyWhatJavaTakesWithUnicodeAndWithout(String pattern) {
    BitSet taken = taken(pattern);
    assertThat(taken.isEmpty()).isFalse();
    Pattern plain = Pattern.compile(pattern);
    Pattern unicode = Pattern.compile(pattern, Pattern.UNICODE_CHARACTER_CLASS);
    assertThat(taken.stream().mapToObj(Character::toString))
        .allMatch(text -> plain.matcher(text).matches() && unicode.matcher(text).matches());
  }

  @ParameterizedTest
  @CsvSource({
    "[^\\s], FEFF",
    "\\S, FEFF",
    "[^\\s], A0",
    "[^\\s], 1C",
    "\\S, 1F",
    "[^\\d], 661",
    "\\W, B2",
    "[^\\w], E9",
    "[^\\W\\d_], E9",
    "[^\\S], A0",
    "[^\\S], 1C"
  })
  void takesNothingThatEcmaScriptOrPythonRefuses(String pattern, String character) {
    assertThat(taken(pattern).get(Integer.parseInt(character, 16))).isFalse();
  }

  @Test
  void anOppositeInANegatedClassIsTheSetItself() {
    assertThat(taken("[^\\S]")).isEqualTo(taken("\\s"));
    assertThat(taken("[^\\D]")).isEqualTo(taken("\\d"));
    assertThat(taken("[^\\W]")).isEqualTo(taken("\\w"));
    assertThat(taken("[^\\s]")).isEqualTo(taken("\\S"));
  }
}
