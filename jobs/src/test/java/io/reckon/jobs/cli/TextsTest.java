package io.reckon.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TextsTest {
  @Test
  void wrapsAtSpacesAndBreaksWordsThatAreTooLong() {
    assertThat(Texts.wrap("one two three\nabcdefghijkl", 8))
        .containsExactly("one two", "three", "abcdefgh", "ijkl");
  }

  @Test
  void cutsNoCharacterInTwo() {
    assertThat(Texts.cut("ab😀cd", 4)).isEqualTo("ab…");
    assertThat(Texts.cut("abcd", 4)).isEqualTo("abcd");
  }

  @Test
  void writesTimesAndSizesForAPerson() {
    assertThat(Texts.duration(42.4)).isEqualTo("42 s");
    assertThat(Texts.duration(200)).isEqualTo("3 min 20 s");
    assertThat(Texts.duration(7500)).isEqualTo("2 h 5 min");
    assertThat(Texts.bytes(1_920_000_000)).isEqualTo("1.92 GB");
    assertThat(Texts.count(1234567)).isEqualTo("1,234,567");
    assertThat(Texts.percent(1, 3)).isEqualTo("33.3");
    assertThat(Texts.percent(0, 0)).isEqualTo("-");
  }

  @Test
  void alignsTheColumnsOfATable() {
    TextTable table = new TextTable(10, "family", "right>");
    table.add("addition", 50);
    table.add("a family with a long name", 7);
    StringWriter text = new StringWriter();
    table.print(new PrintWriter(text, true));
    assertThat(text.toString().lines())
        .containsExactly("family     right", "addition      50", "a family…      7");
  }
}
