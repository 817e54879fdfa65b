package io.reckon.udfs.ui;

import io.reckon.udfs.page.Axis;
import io.reckon.udfs.page.Figures;
import io.reckon.udfs.page.Html;
import io.reckon.udfs.page.Plot;
import io.reckon.udfs.page.Plot.Kind;
import io.reckon.udfs.page.Stylesheet;
import io.reckon.udfs.page.Tiles;
import io.reckon.udfs.watch.ClusterCount;
import io.reckon.udfs.watch.ExecutorReport;
import io.reckon.udfs.watch.GenerationCount;
import io.reckon.udfs.watch.RunWatch;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** How the executors do, as markup. */
final class ClusterPage {
  private static final String SECONDS_BETWEEN_LOADS = "5";

  private final ClusterCount cluster;
  private final Optional<RunWatch> run;
  private final Pace pace;
  private final Html html;

  ClusterPage(ClusterCount cluster, Html html) {
    this.cluster = cluster;
    this.run = cluster.watched();
    this.pace = new Pace(cluster.history().moments());
    this.html = html;
  }

  /**
   * @param live whether the page loads itself again
   */
  void draw(boolean live) {
    html.open("div", "class", "reckon");
    Stylesheet.write(html);
    if (live) {
      html.empty("meta", "http-equiv", "refresh", "content", SECONDS_BETWEEN_LOADS);
    }
    headline(live);
    tiles();
    plots();
    executors();
    html.close();
  }

  private void headline(boolean live) {
    html.open("p");
    html.text(
        run.map(watch -> "Run " + watch.runId() + " generates. Its figures so far:")
            .orElse("No run generates now. All that was made since the application began:"));
    html.text(" ").open("a", "href", live ? "?still" : "?");
    html.text(live ? "hold the page still" : "follow").close().close();
    run.ifPresent(this::progressBar);
  }

  private void progressBar(RunWatch watch) {
    double share = watch.rows() == 0 ? 0 : (double) watch.rowsDone() / watch.rows();
    html.open("div", "class", "share", "title", Figures.percent(share) + " of the rows");
    String width = "width:" + Math.round(1000 * share) / 10.0 + "%";
    html.leaf("span", "", "class", Kind.ROWS.style(), "style", width).close();
  }

  private void tiles() {
    GenerationCount made = run.map(RunWatch::made).orElseGet(cluster::total);
    long tokens = run.map(RunWatch::sampledTokens).orElseGet(cluster::sampledTokens);
    Tiles tiles = Tiles.begin(html);
    tiles.add(
        "rows",
        "rows",
        Figures.count(run.map(RunWatch::rowsDone).orElse(made.rows())),
        run.map(watch -> "of " + Figures.count(watch.rows())).orElse(""));
    tiles.add(
        "failed",
        "failed rows",
        Figures.count(made.failedRows()),
        "",
        made.failedRows() == 0 ? "" : Kind.FAILED.style());
    tiles.add("tokens", "tokens written", Figures.count(tokens), "");
    tiles.add("rate", "tokens a second", Figures.count(Math.round(pace.now())), "just now");
    tiles.add("cache", "cache hits", Figures.percent(made.cacheHitRate()), "of the prompt tokens");
    tiles.add(
        "running", "requests running", Figures.count(cluster.sum(ExecutorReport::running)), "");
    tiles.add(
        "waiting", "requests waiting", Figures.count(cluster.sum(ExecutorReport::waiting)), "");
    run.ifPresent(watch -> tiles.add("left", "time left", timeLeft(watch), "at the mean so far"));
    tiles.end();
  }

  private static String timeLeft(RunWatch watch) {
    return watch.secondsLeft().isEmpty()
        ? "-"
        : Figures.duration(watch.secondsLeft().getAsDouble());
  }

  private void plots() {
    html.leaf("h2", "Over time");
    if (pace.isEmpty()) {
      html.leaf("p", "Nothing was reported yet.");
      return;
    }
    html.open("div", "class", "cards wide");
    Axis time = pace.time();
    new Plot("Tokens a second", "", time, Axis.ofNumbers(pace.fastest()))
        .line("", Kind.TOKENS, pace.tokens())
        .draw(html);
    new Plot("Rows a second", "", time, Axis.ofNumbers(pace.largest(pace.rows())))
        .line("ended", Kind.ROWS, pace.rows())
        .line("failed", Kind.FAILED, pace.failedRows())
        .draw(html);
    new Plot("Requests in the engines", "", time, Axis.ofNumbers(pace.mostRequests()))
        .line("running", Kind.TOKENS, pace.running())
        .line("waiting", Kind.WAITING, pace.waiting())
        .draw(html);
    new Plot("Cache hits", "share of the prompt tokens", time, Axis.ofShares())
        .line("", Kind.CACHE, pace.cacheHits())
        .draw(html);
    html.close();
  }

  private void executors() {
    html.leaf("h2", "Executors").open("div", "class", "panel");
    html.open("table", "data-figure", "executors").open("tr");
    html.leaf("th", "executor").leaf("th", "engine");
    for (String number :
        List.of(
            "rows", "failed", "cache hits", "running", "waiting", "tokens", "tokens a second")) {
      html.leaf("th", number, "class", "number");
    }
    html.leaf("th", "over time").close();
    cluster.executors().stream()
        .sorted(Comparator.comparing(ExecutorReport::executorId))
        .forEach(this::executor);
    html.close().close();
  }

  private void executor(ExecutorReport report) {
    Pace own = new Pace(cluster.history(report.executorId()).moments());
    html.open("tr").leaf("td", report.executorId());
    html.leaf(
        "td", report.engine().isEmpty() ? "none loaded" : report.engine(), "class", "wide soft");
    number(Figures.count(report.made().rows()));
    number(Figures.count(report.made().failedRows()));
    number(Figures.percent(report.made().cacheHitRate()));
    number(Figures.count(report.running()));
    number(Figures.count(report.waiting()));
    number(Figures.count(report.sampledTokens()));
    number(Figures.count(Math.round(own.now())));
    html.open("td");
    if (!own.isEmpty()) {
      new Plot("Tokens a second", "", own.time(), Axis.ofNumbers(own.fastest()))
          .line("", Kind.TOKENS, own.tokens())
          .drawSmall(html);
    }
    html.close().close();
  }

  private void number(String text) {
    html.leaf("td", text, "class", "number");
  }
}
