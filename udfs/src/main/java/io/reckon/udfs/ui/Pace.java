package io.reckon.udfs.ui;

import io.reckon.udfs.page.Axis;
import io.reckon.udfs.page.Plot.Point;
import io.reckon.udfs.watch.ClusterHistory.Moment;
import io.reckon.udfs.watch.GenerationCount;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/** Moments of counts as lines over time, which begins at the first. */
final class Pace {
  private static final double JUST_NOW_SECONDS = 10;

  private final List<Moment> moments;

  Pace(List<Moment> moments) {
    this.moments = moments;
  }

  /** Whether there is no line to draw: that takes two moments. */
  boolean isEmpty() {
    return moments.size() < 2;
  }

  Axis time() {
    return Axis.ofSeconds(place(moments.get(moments.size() - 1)));
  }

  /** Tokens a second over the last few seconds. */
  double now() {
    if (isEmpty()) {
      return 0;
    }
    int last = moments.size() - 1;
    int from = last - 1;
    while (from > 0
        && moments.get(last).seconds() - moments.get(from).seconds() < JUST_NOW_SECONDS) {
      from--;
    }
    return rate(from, last, Moment::sampledTokens);
  }

  double fastest() {
    return largest(tokens());
  }

  double mostRequests() {
    return Math.max(largest(running()), largest(waiting()));
  }

  double largest(List<Point> points) {
    return points.stream().mapToDouble(Point::y).max().orElse(0);
  }

  List<Point> tokens() {
    return rates(Moment::sampledTokens);
  }

  List<Point> rows() {
    return rates(moment -> moment.made().rows());
  }

  List<Point> failedRows() {
    return rates(moment -> moment.made().failedRows());
  }

  List<Point> running() {
    return levels(Moment::running);
  }

  List<Point> waiting() {
    return levels(Moment::waiting);
  }

  /** Where prompts were read at all. */
  List<Point> cacheHits() {
    return IntStream.range(1, moments.size())
        .filter(i -> made(i).promptTokens() > made(i - 1).promptTokens())
        .mapToObj(i -> new Point(place(moments.get(i)), made(i).minus(made(i - 1)).cacheHitRate()))
        .toList();
  }

  private GenerationCount made(int i) {
    return moments.get(i).made();
  }

  private List<Point> rates(ToLongFunction<Moment> total) {
    return IntStream.range(1, moments.size())
        .mapToObj(i -> new Point(place(moments.get(i)), rate(i - 1, i, total)))
        .toList();
  }

  private List<Point> levels(ToDoubleFunction<Moment> level) {
    return moments.stream().map(m -> new Point(place(m), level.applyAsDouble(m))).toList();
  }

  private double rate(int from, int to, ToLongFunction<Moment> total) {
    long more = total.applyAsLong(moments.get(to)) - total.applyAsLong(moments.get(from));
    return more / (moments.get(to).seconds() - moments.get(from).seconds());
  }

  private double place(Moment moment) {
    return moment.seconds() - moments.get(0).seconds();
  }
}
