package io.reckon.jobs.report;

import io.reckon.jobs.report.ReportFigures.Interval;
import io.reckon.jobs.report.ReportFigures.Lengths;
import io.reckon.udfs.page.Axis;
import io.reckon.udfs.page.Figures;
import io.reckon.udfs.page.Plot;
import io.reckon.udfs.page.Plot.Bar;
import io.reckon.udfs.page.Plot.Kind;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The plots of a report. */
final class ReportPlots {
  private ReportPlots() {}

  static Plot tokens(ReportFigures figures) {
    double width = figures.times().width();
    return overTime(
        "Tokens a second",
        "of the rows that ended in each " + each(figures),
        figures,
        Axis.ofNumbers(largest(figures, interval -> interval.generatedTokens() / width)),
        new Layer(
            "",
            Kind.TOKENS,
            interval -> interval.generatedTokens() / width,
            interval -> Figures.count(Math.round(interval.generatedTokens() / width))));
  }

  static Plot rows(ReportFigures figures) {
    return overTime(
        "Rows that ended",
        "in each " + each(figures),
        figures,
        Axis.ofNumbers(largest(figures, Interval::rows)),
        new Layer("all", Kind.ROWS, Interval::rows, ReportPlots::rows),
        new Layer("failed", Kind.FAILED, Interval::failedRows, ReportPlots::rows));
  }

  static Plot cacheHits(ReportFigures figures) {
    return overTime(
        "Cache hits",
        "share of the prompt tokens that were not computed again",
        figures,
        Axis.ofShares(),
        new Layer("", Kind.CACHE, ReportPlots::hitRate, i -> Figures.percent(hitRate(i))));
  }

  static Plot lengths(Lengths lengths) {
    Bins bins = lengths.bins();
    List<Bar> bars =
        IntStream.range(0, bins.count())
            .mapToObj(
                bin -> {
                  long rows = lengths.rows().get(bin);
                  return new Bar(
                      bins.from(bin),
                      bins.to(bin),
                      rows,
                      "%s tokens: %s rows".formatted(span(bins, bin), Figures.count(rows)));
                })
            .toList();
    String note =
        "tokens; half have %s or fewer, nine of ten %s, the longest %s"
            .formatted(
                Figures.count(lengths.median()),
                Figures.count(lengths.ninetieth()),
                Figures.count(lengths.longest()));
    return new Plot(
            lengths.part().title(),
            note + (bins.open() ? "; the last bar holds all beyond" : ""),
            Axis.upTo(bins.end()),
            Axis.ofNumbers(Collections.max(lengths.rows())))
        .bars("", Kind.TOKENS, bars);
  }

  /**
   * What a plot shows of each interval.
   *
   * @param said the value in words
   */
  private record Layer(
      String name, Kind kind, ToDoubleFunction<Interval> height, Function<Interval, String> said) {}

  private static Plot overTime(
      String title, String note, ReportFigures figures, Axis heights, Layer... layers) {
    Plot plot = new Plot(title, note, Axis.ofSeconds(figures.times().end()), heights);
    for (Layer layer : layers) {
      plot.bars(layer.name(), layer.kind(), bars(figures, layer));
    }
    return plot;
  }

  private static List<Bar> bars(ReportFigures figures, Layer layer) {
    Bins times = figures.times();
    return IntStream.range(0, times.count())
        .filter(bin -> figures.overTime().get(bin).rows() > 0)
        .mapToObj(
            bin -> {
              Interval interval = figures.overTime().get(bin);
              return new Bar(
                  times.from(bin),
                  times.to(bin),
                  layer.height().applyAsDouble(interval),
                  "after %s: %s"
                      .formatted(Figures.duration(times.from(bin)), layer.said().apply(interval)));
            })
        .toList();
  }

  private static String rows(Interval interval) {
    return "%s rows, %s failed"
        .formatted(Figures.count(interval.rows()), Figures.count(interval.failedRows()));
  }

  private static double hitRate(Interval interval) {
    return interval.promptTokens() == 0
        ? 0
        : (double) interval.cachedTokens() / interval.promptTokens();
  }

  private static double largest(ReportFigures figures, ToDoubleFunction<Interval> value) {
    return figures.overTime().stream().mapToDouble(value).max().orElse(0);
  }

  private static String span(Bins bins, int bin) {
    String from = Figures.count((long) bins.from(bin));
    return bins.isOpen(bin)
        ? from + " and more"
        : bins.width() == 1 ? from : from + " to " + Figures.count((long) bins.to(bin) - 1);
  }

  private static String each(ReportFigures figures) {
    double width = figures.times().width();
    return width == 1 ? "second" : Figures.roundDuration(width);
  }
}
