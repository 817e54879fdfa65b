package io.reckon.jobs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Measurements that take turns, round after round, so that a machine that slows down slows all of
 * them. The first is the one that the others are compared with.
 */
final class BenchSeries {
  static final String FIRST = "reckon";

  private static final List<String> FIGURES =
      List.of(
          "prefillTokensPerSecond",
          "decodeTokensPerSecond",
          "tokensPerSecond",
          "prefillSeconds",
          "totalSeconds",
          "computedTokens",
          "steps");
  private static final JsonMapper JSON = new JsonMapper();

  private final Map<String, Supplier<? extends JsonNode>> contestants = new LinkedHashMap<>();
  private final Map<String, List<JsonNode>> results = new LinkedHashMap<>();

  /** Adds who gives the figures of a round. */
  void add(String name, Supplier<? extends JsonNode> contestant) {
    contestants.put(name, contestant);
    results.put(name, new ArrayList<>());
  }

  /** Measures; every result goes to {@code lines} as it comes. */
  void run(int rounds, Consumer<JsonNode> lines) {
    for (int round = 1; round <= rounds; round++) {
      for (String name : contestants.keySet()) {
        JsonNode figures = contestants.get(name).get();
        results.get(name).add(figures);
        ObjectNode line = JSON.createObjectNode().put("round", round).put("engine", name);
        figures.properties().forEach(figure -> line.set(figure.getKey(), figure.getValue()));
        lines.accept(line);
      }
    }
  }

  /**
   * Adds medians: of the first by the figure's name, of another as {@code NAME.FIGURE}, and the
   * first over the other as {@code ratio.NAME.FIGURE}.
   */
  void summarize(ObjectNode summary) {
    for (String figure : FIGURES) {
      if (!results.get(FIRST).get(0).has(figure)) {
        continue;
      }
      double first = median(FIRST, figure);
      summary.put(figure, first);
      for (String other : results.keySet()) {
        if (!other.equals(FIRST) && results.get(other).get(0).has(figure)) {
          double median = median(other, figure);
          summary.put(other + "." + figure, median);
          summary.put("ratio." + other + "." + figure, first / median);
        }
      }
    }
  }

  private double median(String name, String figure) {
    double[] sorted =
        results.get(name).stream()
            .mapToDouble(line -> line.path(figure).asDouble())
            .sorted()
            .toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
