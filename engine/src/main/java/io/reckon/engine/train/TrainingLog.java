package io.reckon.engine.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The run's log: one JSON object a line, kept over restarts. */
final class TrainingLog {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;

  TrainingLog(Path file) {
    this.file = file;
  }

  /** Drops what was logged after {@code step}; those steps run again. */
  void rewindTo(int step) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    List<String> kept = new ArrayList<>();
    for (JsonNode line : lines()) {
      if (line.path("step").asInt() <= step) {
        kept.add(line.toString());
      }
    }
    Files.write(file, kept);
  }

  void started(TrainingOptions options, ModelShape shape, int fromStep) throws IOException {
    ObjectNode node = node("start", fromStep);
    node.put("steps", options.steps()).put("tokens_per_step", options.tokensPerStep());
    node.put("seed", options.seed()).put("parameters", shape.parameters());
    append(node.put("processors", Runtime.getRuntime().availableProcessors()));
  }

  void progress(int step, double loss, double gradientNorm, long tokens, double seconds)
      throws IOException {
    ObjectNode node = node("progress", step).put("loss", rounded(loss));
    append(
        node.put("gradient_norm", rounded(gradientNorm))
            .put("tokens", tokens)
            .put("seconds", Math.round(seconds)));
  }

  void evaluation(int step, Map<String, Double> accuracy) throws IOException {
    ObjectNode node = node("evaluation", step);
    ObjectNode families = node.putObject("accuracy");
    accuracy.forEach((family, share) -> families.put(family, rounded(share)));
    append(node);
  }

  List<JsonNode> lines() throws IOException {
    List<JsonNode> nodes = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      nodes.add(JSON.readTree(line));
    }
    return nodes;
  }

  private static ObjectNode node(String event, int step) {
    return JSON.createObjectNode().put("event", event).put("step", step);
  }

  private void append(ObjectNode node) throws IOException {
    Files.writeString(file, node + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static double rounded(double value) {
    return Math.round(value * 1e5) / 1e5;
  }
}
