package io.reckon.udfs.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.udfs.page.Axis.Tick;
import io.reckon.udfs.page.Plot.Bar;
import io.reckon.udfs.page.Plot.Kind;
import io.reckon.udfs.page.Plot.Point;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class PageTest {
  @Test
  void everyTextAndAttributeIsEscaped() {
    Html html = new Html();
    html.open("p", "title", "\"'>&").text("<script>").close();
    assertThat(html.toString()).isEqualTo("<p title=\"&quot;&#39;&gt;&amp;\">&lt;script&gt;</p>");
  }

  @Test
  void whatNoDocumentMayHoldIsReplacedAndTheRestKept() throws Exception {
    String odd = "a\u0000\u001b\ufffe\ud800b\u0085 \ud83d\ude00 \u05d0\n";
    Html html = new Html();
    html.leaf("p", odd);
    assertThat(parse(html).getDocumentElement().getTextContent())
        .isEqualTo("a\ufffd\ufffd\ufffd\ufffdb\ufffd \ud83d\ude00 \u05d0\n");
  }

  @Test
  void axesEndAndStepAtRoundNumbers() {
    assertThat(Axis.ofNumbers(4211).ticks())
        .extracting(Tick::label)
        .containsExactly("0", "2,000", "4,000", "6,000");
    assertThat(Axis.ofNumbers(0).ticks()).extracting(Tick::label).containsExactly("0", "1");
    assertThat(Axis.ofSeconds(5000).ticks())
        .extracting(Tick::label)
        .containsExactly("0 s", "15 min", "30 min", "45 min", "1 h", "1 h 15 min");
    assertThat(Axis.ofShares().ticks()).extracting(Tick::label).contains("25 %", "100 %");
  }

  @Test
  void numbersAreWrittenForAPerson() {
    assertThat(Figures.compact(9_999)).isEqualTo("9,999");
    assertThat(Figures.compact(12_345)).isEqualTo("12.3k");
    assertThat(Figures.compact(999_960)).isEqualTo("1M");
    assertThat(Figures.compact(4e9)).isEqualTo("4G");
    assertThat(Figures.price(0.0156)).isEqualTo("0.0156");
    assertThat(Figures.price(1234.5)).isEqualTo("1,234.50");
    assertThat(Figures.roundDuration(7200)).isEqualTo("2 h");
    assertThat(Figures.roundDuration(90)).isEqualTo("1 min 30 s");
  }

  @Test
  void aPlotHasABarForEachAndSaysWhatItIs() throws Exception {
    Html html = new Html();
    new Plot("Rows", "", Axis.upTo(10), Axis.ofNumbers(4))
        .bars("all", Kind.ROWS, List.of(new Bar(0, 5, 4, "four"), new Bar(5, 10, 1, "one")))
        .line("some", Kind.FAILED, List.of(new Point(0, 0), new Point(10, 2)))
        .draw(html);
    Document plot = parse(html);
    assertThat(plot.getElementsByTagName("title").item(0).getTextContent()).isEqualTo("four");
    assertThat(plot.getElementsByTagName("rect").getLength()).isEqualTo(4);
    assertThat(html.toString()).contains("d=\"M0 100L1000 50\"", ">all<", ">some<");
  }

  private static Document parse(Html html) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(html.toString())));
  }
}
