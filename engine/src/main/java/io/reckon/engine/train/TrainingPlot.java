package io.reckon.engine.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** The log as a picture: loss above, accuracy by family below, as SVG. */
final class TrainingPlot {
  private static final int WIDTH = 900;
  private static final int PANEL = 300;
  private static final int LEFT = 60;
  private static final int RIGHT = 220;
  private static final int GAP = 50;
  private static final String[] COLOURS = {
    "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b",
    "#e377c2", "#7f7f7f", "#bcbd22", "#17becf", "#393b79", "#ad494a"
  };

  private final StringBuilder svg = new StringBuilder();
  private final int lastStep;

  private record Point(int step, double value) {}

  private TrainingPlot(int lastStep) {
    this.lastStep = Math.max(1, lastStep);
  }

  /** Draws the log's lines. */
  static String of(List<JsonNode> log) {
    List<Point> loss = new ArrayList<>();
    Map<String, List<Point>> accuracy = new LinkedHashMap<>();
    int lastStep = 1;
    for (JsonNode line : log) {
      int step = line.path("step").asInt();
      lastStep = Math.max(lastStep, step);
      if (line.has("loss")) {
        loss.add(new Point(step, line.path("loss").asDouble()));
      }
      line.path("accuracy")
          .properties()
          .forEach(
              family ->
                  accuracy
                      .computeIfAbsent(family.getKey(), key -> new ArrayList<>())
                      .add(new Point(step, family.getValue().asDouble())));
    }
    return new TrainingPlot(lastStep).draw(loss, accuracy);
  }

  private String draw(List<Point> loss, Map<String, List<Point>> accuracy) {
    int height = 2 * PANEL + 3 * GAP;
    svg.append(
        format(
            "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' "
                + "font-family='sans-serif' font-size='12'>%n"
                + "<rect width='100%%' height='100%%' fill='white'/>%n",
            WIDTH, height));
    drawLoss(loss, GAP);
    drawAccuracy(accuracy, 2 * GAP + PANEL);
    return svg.append("</svg>\n").toString();
  }

  private void drawLoss(List<Point> loss, int top) {
    DoubleUnaryOperator y =
        value -> top + PANEL * (1 - (Math.log10(Math.max(value, 1e-4)) + 4) / 5);
    axes("loss a token (log scale)", top);
    for (int power = -4; power <= 1; power++) {
      gridLine(y.applyAsDouble(Math.pow(10, power)), "1e" + power);
    }
    line(loss, y, COLOURS[0]);
  }

  private void drawAccuracy(Map<String, List<Point>> accuracy, int top) {
    DoubleUnaryOperator y = value -> top + PANEL * (1 - value);
    axes("reserved problems wholly right", top);
    for (int fifth = 0; fifth <= 5; fifth++) {
      gridLine(y.applyAsDouble(fifth / 5.0), 20 * fifth + " %");
    }
    int index = 0;
    for (Map.Entry<String, List<Point>> family : accuracy.entrySet()) {
      String colour = COLOURS[index % COLOURS.length];
      line(family.getValue(), y, colour);
      List<Point> points = family.getValue();
      text(
          WIDTH - RIGHT + 10,
          top + 15 + 18 * index++,
          format("%s %.1f %%", family.getKey(), 100 * points.get(points.size() - 1).value()),
          colour);
    }
  }

  private void axes(String title, int top) {
    text(LEFT, top - 12, title, "black");
    text(WIDTH - RIGHT - 70, top + PANEL + 18, format("step %,d", lastStep), "black");
    svg.append(
        format(
            "<rect x='%d' y='%d' width='%d' height='%d' fill='none' stroke='#888'/>%n",
            LEFT, top, WIDTH - LEFT - RIGHT, PANEL));
  }

  private void gridLine(double y, String label) {
    text(8, (int) y + 4, label, "#555");
    svg.append(
        format(
            "<line x1='%d' x2='%d' y1='%.1f' y2='%.1f' stroke='#ddd'/>%n",
            LEFT, WIDTH - RIGHT, y, y));
  }

  private void line(List<Point> points, DoubleUnaryOperator y, String colour) {
    svg.append(format("<polyline fill='none' stroke='%s' stroke-width='1.5' points='", colour));
    for (Point point : points) {
      double x = LEFT + (WIDTH - LEFT - RIGHT) * (point.step() / (double) lastStep);
      svg.append(format("%.1f,%.1f ", x, y.applyAsDouble(point.value())));
    }
    svg.append("'/>\n");
  }

  private void text(int x, int y, String words, String colour) {
    svg.append(format("<text x='%d' y='%d' fill='%s'>%s</text>%n", x, y, colour, words));
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
