package io.reckon.udfs.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A plot as SVG in a frame of HTML: the drawing stretches with the page while its words keep their
 * size. What a bar stands for is told where the pointer rests on it.
 */
public final class Plot {
  private static final double WIDTH = 1000;
  private static final double HEIGHT = 100;

  private final String title;
  private final String note;
  private final Axis x;
  private final Axis y;
  private final List<Layer> layers = new ArrayList<>();

  /**
   * @param note what the figures mean; may be empty
   */
  public Plot(String title, String note, Axis x, Axis y) {
    this.title = title;
    this.note = note;
    this.x = x;
    this.y = y;
  }

  /** What a figure is about, which decides its colour. */
  public enum Kind {
    TOKENS("tokens"),
    ROWS("rows"),
    CACHE("cache"),
    WAITING("waiting"),
    FAILED("failed");

    private final String style;

    Kind(String style) {
      this.style = style;
    }

    /** The class of its elements. */
    public String style() {
      return style;
    }
  }

  /**
   * A bar between two places of the x axis.
   *
   * @param label what it says; stands where the pointer rests
   */
  public record Bar(double from, double to, double height, String label) {}

  public record Point(double x, double y) {}

  /** Something drawn over the grid. */
  private sealed interface Layer {
    Kind kind();

    String name();
  }

  private record Bars(String name, Kind kind, List<Bar> bars) implements Layer {}

  private record Line(String name, Kind kind, List<Point> points) implements Layer {}

  /**
   * @param name stands in the legend, which a plot has that shows more than one thing
   */
  public Plot bars(String name, Kind kind, List<Bar> bars) {
    layers.add(new Bars(name, kind, List.copyOf(bars)));
    return this;
  }

  /** Points joined by a line, by rising x. */
  public Plot line(String name, Kind kind, List<Point> points) {
    layers.add(new Line(name, kind, List.copyOf(points)));
    return this;
  }

  /** Draws it in its frame. */
  public void draw(Html html) {
    html.open("figure", "class", "plot").open("figcaption").leaf("b", title);
    legend(html);
    if (!note.isEmpty()) {
      html.text(" ").leaf("small", note);
    }
    html.close().open("div", "class", "frame");
    yLabels(html);
    drawing("", html);
    xLabels(html);
    html.close().close();
  }

  /** Draws it in a line of text, without its words. */
  public void drawSmall(Html html) {
    drawing("inline", html);
  }

  private void legend(Html html) {
    if (layers.size() < 2) {
      return;
    }
    for (Layer layer : layers) {
      html.text(" ").leaf("span", layer.name(), "class", "key " + layer.kind().style());
    }
  }

  private void yLabels(Html html) {
    html.open("div", "class", "y");
    for (Axis.Tick tick : y.ticks()) {
      html.leaf("span", tick.label(), "style", "bottom:" + percent(y.place(tick.value())));
    }
    html.close();
  }

  private void xLabels(Html html) {
    html.open("div", "class", "x");
    for (Axis.Tick tick : x.ticks()) {
      double place = x.place(tick.value());
      String side = place == 0 ? "first" : place > 0.94 ? "last" : "";
      html.leaf("span", tick.label(), "class", side, "style", "left:" + percent(place));
    }
    html.close();
  }

  private void drawing(String style, Html html) {
    html.open(
        "svg",
        "class",
        style,
        "viewBox",
        "0 0 %d %d".formatted((int) WIDTH, (int) HEIGHT),
        "preserveAspectRatio",
        "none",
        "role",
        "img",
        "aria-label",
        title);
    html.empty("path", "class", "grid", "d", grid());
    for (Layer layer : layers) {
      html.open("g", "class", layer.kind().style());
      if (layer instanceof Bars bars) {
        bars.bars().forEach(bar -> draw(bar, html));
      } else if (layer instanceof Line line && !line.points().isEmpty()) {
        if (layers.size() == 1) {
          html.empty("path", "class", "area", "d", area(line.points()));
        }
        html.empty("path", "class", "line", "d", path(line.points()));
      }
      html.close();
    }
    html.close();
  }

  private String grid() {
    StringBuilder path = new StringBuilder();
    for (Axis.Tick tick : y.ticks()) {
      path.append("M0 ").append(down(tick.value())).append("H").append((int) WIDTH);
    }
    return path.toString();
  }

  /** The empty bar behind it makes the whole column answer to the pointer. */
  private void draw(Bar bar, Html html) {
    String left = across(bar.from());
    String width = number(WIDTH * (x.place(bar.to()) - x.place(bar.from())));
    double height = HEIGHT * y.place(bar.height());
    html.open("g").leaf("title", bar.label());
    html.empty(
        "rect", "class", "hover", "x", left, "y", "0", "width", width, "height", number(HEIGHT));
    html.empty(
        "rect", "x", left, "y", number(HEIGHT - height), "width", width, "height", number(height));
    html.close();
  }

  private String path(List<Point> points) {
    StringBuilder path = new StringBuilder();
    for (Point point : points) {
      path.append(path.isEmpty() ? 'M' : 'L').append(across(point.x())).append(' ');
      path.append(down(point.y()));
    }
    return path.toString();
  }

  private String area(List<Point> points) {
    Point first = points.get(0);
    Point last = points.get(points.size() - 1);
    return path(points) + "L" + across(last.x()) + " 100L" + across(first.x()) + " 100Z";
  }

  private String across(double value) {
    return number(WIDTH * x.place(value));
  }

  private String down(double value) {
    return number(HEIGHT * (1 - y.place(value)));
  }

  private static String percent(double place) {
    return number(100 * place) + "%";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value).replaceFirst("\\.?0+$", "");
  }
}
