package io.reckon.jobs.report;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.jobs.TestSpark;
import io.reckon.jobs.UserError;
import io.reckon.jobs.infer.FailureLimit;
import io.reckon.jobs.infer.InferJob;
import io.reckon.jobs.infer.InferOptions;
import io.reckon.jobs.infer.Progress;
import io.reckon.jobs.infer.RunFailedException;
import io.reckon.jobs.infer.RunSummary;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The report of a real run of the built-in model, read as a program reads it. */
class HtmlReportTest {
  private static final SparkSession SPARK = TestSpark.session();
  private static final String MARKUP = "<script>alert('id')</script> & \"co\"";

  @TempDir static Path folder;
  private static RunSummary summary;
  private static OutputFolder output;
  private static String page;
  private static Document parsed;

  @BeforeAll
  static void runOnce() throws Exception {
    String rows =
        IntStream.range(0, 40)
            .mapToObj(i -> "{\"id\":\"q%d\",\"prompt\":\"What is %d + 7?\"}".formatted(i, i % 30))
            .collect(Collectors.joining("\n"));
    String odd =
        """

        {"id":"%s","prompt":"<script>alert('prompt')</script>"}
        {"id":"a \\u0007 bell","prompt":""}
        {"id":"z","prompt":null}
        """
            .formatted(MARKUP.replace("\"", "\\\""));
    Path prompts = Files.writeString(folder.resolve("rows.jsonl"), rows + odd);
    InferOptions options =
        InferOptions.builder(prompts.toString(), folder + "/out")
            .gpuHourPrice(2)
            .report(true)
            .build();
    summary = new InferJob().run(SPARK, options, Progress.NONE);
    output = OutputFolder.at(SPARK, folder + "/out");
    page = Files.readString(Path.of(URI.create(summary.report().orElseThrow())));
    parsed = parse(page);
  }

  @Test
  void liesBesideTheTablesUnderTheNameOfItsRun() {
    assertThat(folder.resolve("out/reports/" + summary.runId() + ".html")).isRegularFile();
  }

  @Test
  void eachFigureIsThatOfTheTables() {
    Row run = output.read(ReckonTable.RUNS).head();
    assertThat(figure("rows")).isEqualTo(grouped(run.<Long>getAs("rows"))).isEqualTo("43");
    assertThat(figure("failed")).isEqualTo("2");
    assertThat(figure("generated")).isEqualTo(grouped(run.<Long>getAs("generated_tokens")));
    assertThat(figure("rate"))
        .isEqualTo(grouped(Math.round(run.<Double>getAs("tokens_per_second"))));
    assertThat(figure("cache"))
        .isEqualTo(
            String.format(Locale.ROOT, "%.1f %%", 100 * run.<Double>getAs("cache_hit_rate")));
    assertThat(figure("cost"))
        .isEqualTo(String.format(Locale.ROOT, "%.4f", run.<Double>getAs("cost")));
  }

  @Test
  void theIntervalsAddUpToTheRun() {
    ReportFigures figures = new FigureQueries(output, summary.runId()).read();
    assertThat(figures.overTime().stream().mapToLong(i -> i.rows()).sum()).isEqualTo(43);
    assertThat(figures.overTime().stream().mapToLong(i -> i.failedRows()).sum()).isEqualTo(2);
    assertThat(figures.overTime().stream().mapToLong(i -> i.generatedTokens()).sum())
        .isEqualTo(summary.count().generatedTokens());
    assertThat(figures.overTime().stream().mapToLong(i -> i.promptTokens()).sum())
        .isEqualTo(summary.count().promptTokens());
    assertThat(figures.totals().copiedRows()).isEqualTo(summary.count().copiedRows()).isEqualTo(10);
    for (ReportFigures.Lengths lengths : figures.lengths()) {
      assertThat(lengths.rows().stream().mapToLong(Long::longValue).sum()).isEqualTo(31);
    }
  }

  @Test
  void lengthsAreThoseOfTheAnswers() {
    for (ReportFigures.Lengths lengths :
        new FigureQueries(output, summary.runId()).read().lengths()) {
      List<Integer> each = generated(lengths.part().column());
      assertThat(lengths.tokens()).isEqualTo(each.stream().mapToLong(i -> i).sum());
      assertThat(lengths.median()).isEqualTo((long) each.get((each.size() + 1) / 2 - 1));
      assertThat(lengths.longest()).isEqualTo((long) each.get(each.size() - 1));
      for (int bin = 0; bin < lengths.bins().count(); bin++) {
        double from = lengths.bins().from(bin);
        double to = lengths.bins().to(bin);
        assertThat(lengths.rows().get(bin))
            .isEqualTo(each.stream().filter(i -> i >= from && i < to).count());
      }
    }
  }

  @Test
  void tellsHowRowsEndedAndWhatTheErrorsSay() {
    List<String> cells = texts("//table[@data-figure='endings']//td");
    assertThat(cells).contains("41", "95.3 %", "PROMPT_EMPTY", "2", "4.7 %");
    assertThat(cells.get(cells.indexOf("PROMPT_EMPTY") + 3)).contains("the prompt is ");
  }

  @Test
  void theLongestRowsComeFirst() {
    List<Integer> tokens = new ArrayList<>(generated("reasoning_tokens + answer_tokens"));
    Collections.reverse(tokens);
    List<String> numbers = texts("//table[@data-figure='longest']//td[@class='number']");
    List<Integer> shown = new ArrayList<>();
    for (int i = 0; i < numbers.size(); i += 2) {
      shown.add(Integer.parseInt(numbers.get(i)) + Integer.parseInt(numbers.get(i + 1)));
    }
    assertThat(shown).isEqualTo(tokens.subList(0, 10));
    String first = texts("//table[@data-figure='longest']//code").get(0);
    Row trace =
        output.read(ReckonTable.REASONING_TRACES).where(col("prompt_id").equalTo(first)).head();
    assertThat(trace.<String>getAs("reasoning"))
        .isNotEmpty()
        .endsWith(texts("//table[@data-figure='longest']//span").get(1));
  }

  @Test
  void whatRowsSayStaysText() {
    assertThat(page).doesNotContain("<script").contains("&lt;script&gt;alert(&#39;");
    assertThat(texts("//code")).contains("a \ufffd bell");
    assertThat(find("//script").getLength()).isZero();
  }

  @Test
  void nothingIsFetchedFromAnywhere() {
    assertThat(page).doesNotContain("http:", "https:", "url(", "@import", "src=", "href=");
    assertThat(find("//meta[@http-equiv='Content-Security-Policy']").getLength()).isOne();
  }

  @Test
  void aRunWithNothingToDoSaysSo() throws Exception {
    Path prompts = Files.writeString(folder.resolve("none.csv"), "id,prompt\n");
    InferOptions options =
        InferOptions.builder(prompts.toString(), folder + "/none").report(true).build();
    RunSummary none = new InferJob().run(SPARK, options, Progress.NONE);
    String empty = Files.readString(Path.of(URI.create(none.report().orElseThrow())));

    parse(empty);
    assertThat(empty).contains("nothing to do");
  }

  @Test
  void aRunThatFailedHasOneTooAndSaysWhy() throws Exception {
    Path prompts =
        Files.writeString(folder.resolve("bad.csv"), "id,prompt\n1,\n2,What is 1 + 1?\n");
    InferOptions options =
        InferOptions.builder(prompts.toString(), folder + "/failed")
            .failureLimit(new FailureLimit(0, 1))
            .report(true)
            .build();

    assertThatThrownBy(() -> new InferJob().run(SPARK, options, Progress.NONE))
        .isInstanceOf(RunFailedException.class);

    OutputFolder failed = OutputFolder.at(SPARK, folder + "/failed");
    Path file = folder.resolve("failed/reports/" + HtmlReport.newestRun(failed) + ".html");
    assertThat(file)
        .content()
        .contains(">failed<", "1 rows failed, and --max-failed-rows allows 0");
  }

  @Test
  void aReportThatCannotBeWrittenFailsNoRun() throws IOException {
    Path prompts = Files.writeString(folder.resolve("one.csv"), "id,prompt\n1,What is 1 + 1?\n");
    Files.createDirectories(folder.resolve("blocked"));
    Files.writeString(folder.resolve("blocked/reports"), "a file where a folder should be");
    InferOptions options =
        InferOptions.builder(prompts.toString(), folder + "/blocked").report(true).build();

    RunSummary blocked = new InferJob().run(SPARK, options, Progress.NONE);

    assertThat(blocked.report()).isEmpty();
    assertThat(blocked.count().rows()).isOne();
  }

  @Test
  void aRunThatIsNotThereIsTheUsersError() {
    assertThatThrownBy(() -> HtmlReport.write(output, "2020"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has no run '2020'");
    assertThat(HtmlReport.newestRun(output)).isEqualTo(summary.runId());
  }

  /** Of the rows that were generated for their own sake, in order. */
  private static List<Integer> generated(String tokens) {
    return output
        .read(ReckonTable.ANSWERS)
        .where("copied_from is null and error is null")
        .selectExpr(tokens + " as tokens")
        .orderBy("tokens")
        .collectAsList()
        .stream()
        .map(row -> row.getInt(0))
        .toList();
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String figure(String name) {
    return String.join("|", texts("//*[@data-figure='" + name + "']"));
  }

  private static List<String> texts(String path) {
    NodeList nodes = find(path);
    return IntStream.range(0, nodes.getLength())
        .mapToObj(i -> nodes.item(i).getTextContent())
        .toList();
  }

  private static NodeList find(String path) {
    try {
      return (NodeList)
          XPathFactory.newInstance().newXPath().evaluate(path, parsed, XPathConstants.NODESET);
    } catch (XPathExpressionException e) {
      throw new IllegalArgumentException(path, e);
    }
  }

  private static Document parse(String html) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(html)));
  }
}
