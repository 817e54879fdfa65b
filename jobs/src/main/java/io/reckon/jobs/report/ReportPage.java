package io.reckon.jobs.report;

import io.reckon.jobs.report.ReportFigures.Ending;
import io.reckon.jobs.report.ReportFigures.Lengths;
import io.reckon.jobs.report.ReportFigures.LongAnswer;
import io.reckon.jobs.report.ReportFigures.Part;
import io.reckon.jobs.report.ReportFigures.RunFacts;
import io.reckon.udfs.page.Figures;
import io.reckon.udfs.page.Html;
import io.reckon.udfs.page.Plot.Kind;
import io.reckon.udfs.page.Stylesheet;
import io.reckon.udfs.page.Tiles;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Figures as one page that needs nothing else: no script, no picture, no other host. */
final class ReportPage {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);

  /** Classes of cells: right-aligned, and with texts that take what room there is. */
  private static final String NUMBER = "number";

  private static final String WIDE = "wide";

  /** Even if a text of a row were taken for markup, nothing would run and nothing be fetched. */
  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

  private final ReportFigures figures;
  private final RunFacts run;
  private final String output;
  private final Html html = new Html();

  private ReportPage(ReportFigures figures, String output) {
    this.figures = figures;
    this.run = figures.run();
    this.output = output;
  }

  /**
   * @param output the folder of the tables
   */
  static String of(ReportFigures figures, String output) {
    return "<!DOCTYPE html>\n" + new ReportPage(figures, output).page();
  }

  private String page() {
    html.open("html", "lang", "en").open("head");
    html.empty("meta", "charset", "utf-8");
    html.empty("meta", "http-equiv", "Content-Security-Policy", "content", POLICY);
    html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.empty("meta", "name", "color-scheme", "content", "light dark");
    html.leaf("title", "Reckon run " + run.runId());
    Stylesheet.write(html);
    html.close().open("body", "class", "reckon page").open("main");
    header();
    tiles();
    overTime();
    lengths();
    endings();
    longest();
    facts();
    html.leaf("footer", "Made by Reckon from the tables of " + output + ".");
    return html.close().close().close() + "\n";
  }

  private void header() {
    boolean finished = run.status().equals("finished");
    html.open("header").open("h1").text("Run " + run.runId());
    html.leaf("span", run.status(), "class", "status " + style(finished ? Kind.ROWS : Kind.FAILED));
    html.close();
    String model = figures.totals().model().isEmpty() ? "" : figures.totals().model() + " over ";
    html.leaf("p", model + run.source() + ", " + time(run.startedSeconds()), "class", "soft");
    if (!run.failure().isEmpty()) {
      html.leaf("p", run.failure(), "class", "failure said");
    }
    html.close();
  }

  private void tiles() {
    Tiles tiles = Tiles.begin(html);
    long copied = figures.totals().copiedRows();
    tiles.add(
        "rows",
        "rows",
        Figures.count(run.rows()),
        copied == 0 ? "" : Figures.count(copied) + " of them copies");
    tiles.add(
        "failed",
        "failed rows",
        Figures.count(run.failedRows()),
        run.failedRows() == 0 ? "" : Figures.percent(share(run.failedRows(), run.rows())),
        run.failedRows() == 0 ? "" : style(Kind.FAILED));
    tiles.add("generated", "tokens written", Figures.count(run.generatedTokens()), parts());
    run.tokensPerSecond()
        .ifPresent(
            rate ->
                tiles.add(
                    "rate", "tokens a second", Figures.count(Math.round(rate)), "of generating"));
    tiles.add(
        "cache",
        "cache hits",
        Figures.percent(run.cacheHitRate()),
        "of " + Figures.count(run.promptTokens()) + " prompt tokens");
    tiles.add("time", "time", Figures.duration(run.seconds()), "from begin to end");
    run.cost().ifPresent(cost -> tiles.add("cost", "cost", Figures.price(cost), "of GPU time"));
    tiles.end();
  }

  /** What the tokens were written for. */
  private String parts() {
    return figures.lengths().stream()
        .filter(lengths -> lengths.part() == Part.REASONING)
        .findFirst()
        .map(
            lengths ->
                Figures.percent(share(lengths.tokens(), run.generatedTokens())) + " reasoning")
        .orElse("");
  }

  private void overTime() {
    html.leaf("h2", "Over time");
    if (run.rows() == 0) {
      html.leaf("p", "This run had nothing to do: every row had its outcome already.");
      return;
    }
    html.open("div", "class", "cards");
    ReportPlots.tokens(figures).draw(html);
    html.close().open("div", "class", "cards");
    ReportPlots.rows(figures).draw(html);
    if (run.cachedTokens() > 0) {
      ReportPlots.cacheHits(figures).draw(html);
    }
    html.close();
  }

  private void lengths() {
    if (figures.lengths().isEmpty()) {
      return;
    }
    html.leaf("h2", "Lengths").open("div", "class", "cards");
    for (Lengths lengths : figures.lengths()) {
      ReportPlots.lengths(lengths).draw(html);
    }
    html.close();
  }

  private void endings() {
    if (figures.endings().isEmpty()) {
      return;
    }
    html.leaf("h2", "How rows ended").open("div", "class", "panel").open("div", "class", "share");
    for (Ending ending : figures.endings()) {
      String width = String.format(Locale.ROOT, "flex-grow:%d", ending.rows());
      html.leaf("span", "", "class", style(ending), "style", width, "title", name(ending));
    }
    html.close().open("table", "data-figure", "endings");
    html.open("tr");
    head("ended", "").head("rows", NUMBER).head("share", NUMBER).head("an example", WIDE);
    html.close();
    figures.endings().forEach(this::ending);
    html.close().close();
  }

  private void ending(Ending ending) {
    html.open("tr").open("td").leaf("span", name(ending), "class", "key " + style(ending)).close();
    number(Figures.count(ending.rows()));
    number(Figures.percent(share(ending.rows(), run.rows())));
    html.open("td", "class", WIDE).leaf("code", ending.promptId(), "class", "said");
    if (!ending.message().isEmpty()) {
      html.leaf("div", ending.message(), "class", "said soft");
    }
    html.close().close();
  }

  private void longest() {
    if (figures.longest().isEmpty()) {
      return;
    }
    html.leaf("h2", "The longest").open("div", "class", "panel");
    html.open("table", "data-figure", "longest");
    html.open("tr");
    head("row", "").head("reasoning", NUMBER).head("answer", NUMBER).head("ended", "");
    head("the answer begins", WIDE).head("the reasoning ends", WIDE);
    html.close();
    figures.longest().forEach(this::longAnswer);
    html.close().close();
  }

  private void longAnswer(LongAnswer row) {
    html.open("tr").open("td", "class", "name").leaf("code", row.promptId(), "class", "said");
    if (row.sample() > 0) {
      html.leaf("div", "sample " + row.sample(), "class", "soft");
    }
    html.close();
    number(Figures.count(row.reasoningTokens()));
    number(Figures.count(row.answerTokens()));
    html.leaf("td", row.reason());
    html.open("td", "class", WIDE).leaf("span", row.answer(), "class", "said").close();
    html.open("td", "class", WIDE).leaf("span", row.reasoning(), "class", "said soft").close();
    html.close();
  }

  private void facts() {
    html.leaf("h2", "The run").open("div", "class", "panel").open("dl", "class", "facts");
    fact("began", time(run.startedSeconds()));
    fact("ended", time(run.endedSeconds()));
    fact("source", run.source());
    run.sourceVersion().ifPresent(version -> fact("version of the source", Long.toString(version)));
    fact("tables", output);
    fact("model", figures.totals().model());
    fact("its fingerprint", figures.totals().fingerprint());
    html.close().open("details").leaf("summary", "all options");
    html.leaf("pre", HtmlReport.indented(run.configuration())).close().close();
  }

  private void fact(String name, String value) {
    if (!value.isEmpty()) {
      html.leaf("dt", name).leaf("dd", value);
    }
  }

  private ReportPage head(String name, String style) {
    html.leaf("th", name, "class", style);
    return this;
  }

  private void number(String text) {
    html.leaf("td", text, "class", NUMBER);
  }

  private static String name(Ending ending) {
    return ending.errorCode().isEmpty() ? ending.reason() : ending.errorCode();
  }

  private static String style(Ending ending) {
    return style(
        switch (ending.reason()) {
          case "stop" -> Kind.ROWS;
          case "error" -> Kind.FAILED;
          case "thinking_budget" -> Kind.CACHE;
          default -> Kind.WAITING;
        });
  }

  private static String style(Kind kind) {
    return kind.style();
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  private static String time(double secondsSince1970) {
    return TIME.format(Instant.ofEpochMilli(Math.round(1e3 * secondsSince1970)));
  }
}
