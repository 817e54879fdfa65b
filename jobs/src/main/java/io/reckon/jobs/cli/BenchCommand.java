package io.reckon.jobs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reckon.engine.EngineConfiguration;
import io.reckon.engine.ThroughputProbe;
import io.reckon.jobs.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures tokens a second, by turns with another engine where one is given. */
@Command(
    name = "bench",
    description =
        "Measures tokens a second: a line of JSON for each round, then one with the medians."
            + " Needs no Spark.")
final class BenchCommand implements Callable<Integer> {
  private static final String PREFILL = "prefillTokensPerSecond";
  private static final String DECODE = "decodeTokensPerSecond";
  private static final JsonMapper JSON = new JsonMapper();

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "A Hugging Face folder.")
  private String model;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "int8",
      description = "How weights are held: float32, bf16 or int8 (default: ${DEFAULT-VALUE}).")
  private String mode;

  @Option(
      names = "--sequences",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,8,32",
      description = "Requests that share a step (default: ${DEFAULT-VALUE}).")
  private int[] sequences;

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "0",
      description = "Requests in all; 0 for as many as share a step (default: ${DEFAULT-VALUE}).")
  private int requests;

  @Option(
      names = "--prompt-tokens",
      paramLabel = "N",
      defaultValue = "64",
      description = "Tokens of each prompt (default: ${DEFAULT-VALUE}).")
  private int promptTokens;

  @Option(
      names = "--new-tokens",
      paramLabel = "N",
      defaultValue = "32",
      description = "Tokens that each request makes, at most (default: ${DEFAULT-VALUE}).")
  private int newTokens;

  @Option(
      names = "--shared-prefix",
      paramLabel = "N",
      defaultValue = "0",
      description = "Tokens that all prompts begin with (default: ${DEFAULT-VALUE}).")
  private int prefixTokens;

  @Option(
      names = "--lengths",
      paramLabel = "fixed|heavy-tail",
      defaultValue = "fixed",
      description =
          "Whether all requests make as many tokens, or min(N, round(8 / (1 - u)^0.8)) with u"
              + " uniform (default: ${DEFAULT-VALUE}).")
  private String lengths;

  @Option(names = "--no-sharing", description = "Compute common prefixes for every request.")
  private boolean noSharing;

  @Option(
      names = "--static-batches",
      description = "Start a batch only when all of the one before it have ended.")
  private boolean staticBatches;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Rounds of each measurement (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--cache-mb",
      paramLabel = "N",
      defaultValue = "1024",
      description = "Budget of the latent cache (default: ${DEFAULT-VALUE}).")
  private long cacheMegabytes;

  @Option(names = "--peer", paramLabel = "FILE", description = "A model file for the peer.")
  private Path peerModel;

  @Option(
      names = "--peer-script",
      paramLabel = "FILE",
      description = "A Node script that measures another engine; see docs/performance.md.")
  private Path peerScript;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    check();
    int widest = Arrays.stream(sequences).max().orElseThrow();
    EngineConfiguration configuration =
        new EngineConfiguration(model, mode, "cpu", widest, cacheMegabytes << 20);
    try (ThroughputProbe probe = ThroughputProbe.open(configuration)) {
      probe.measure(new BenchWork(1, 0, 64, 2, false, 0).workload(1, false, false));
      for (int running : sequences) {
        measure(probe, running);
      }
    }
    return ExitCode.DONE;
  }

  private void check() {
    if (!List.of("fixed", "heavy-tail").contains(lengths)) {
      throw new UserError("--lengths is '" + lengths + "'; give fixed or heavy-tail");
    }
    Arrays.stream(sequences).forEach(number -> require("--sequences", number, 1));
    require("--requests", requests, 0);
    require("--prompt-tokens", promptTokens, 1);
    require("--new-tokens", newTokens, 1);
    require("--shared-prefix", prefixTokens, 0);
    require("--rounds", rounds, 1);
    require("--cache-mb", cacheMegabytes, 1);
    if ((peerModel == null) != (peerScript == null)) {
      throw new UserError("--peer and --peer-script belong together; give both or none");
    }
  }

  private static void require(String option, long number, long least) {
    if (number < least) {
      throw new UserError(option + " is " + number + "; give " + least + " or more");
    }
  }

  private void measure(ThroughputProbe probe, int running) {
    List<JsonNode> ours = new ArrayList<>();
    List<JsonNode> peers = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      ours.add(print(round, round(probe, running)));
      if (peerScript != null) {
        BenchPeer peer = new BenchPeer(peerModel, peerScript);
        peers.add(print(round, peer.measure(running, promptTokens, newTokens, threads())));
      }
    }
    print(summary(running, ours, peers));
  }

  private ObjectNode round(ThroughputProbe probe, int running) {
    BenchWork work = work(running);
    ThroughputProbe.Result result =
        probe.measure(work.workload(running, staticBatches, !noSharing));
    double decodeSeconds = result.totalSeconds() - result.prefillSeconds();
    ObjectNode line = JSON.createObjectNode().put("engine", "reckon").put("sequences", running);
    line.put(PREFILL, work.requests() * (prefixTokens + promptTokens) / result.prefillSeconds());
    line.put(DECODE, (result.generatedTokens() - work.requests()) / decodeSeconds);
    line.put("tokensPerSecond", result.generatedTokens() / result.totalSeconds());
    line.put("prefillSeconds", result.prefillSeconds());
    line.put("totalSeconds", result.totalSeconds());
    return line.put("steps", result.steps());
  }

  private BenchWork work(int running) {
    int count = requests == 0 ? running : requests;
    boolean heavyTail = lengths.equals("heavy-tail");
    return new BenchWork(count, prefixTokens, promptTokens, newTokens, heavyTail, 1);
  }

  private ObjectNode summary(int running, List<JsonNode> ours, List<JsonNode> peers) {
    ObjectNode line = JSON.createObjectNode().put("summary", "medians of " + rounds);
    line.put("mode", mode).put("sequences", running).put("requests", work(running).requests());
    line.put("promptTokens", promptTokens).put("sharedPrefix", prefixTokens);
    line.put("sharing", !noSharing).put("staticBatches", staticBatches);
    List<Integer> newTokensOfEach = work(running).lengths();
    line.put(
        "meanNewTokens",
        newTokensOfEach.stream().mapToInt(Integer::intValue).average().orElseThrow());
    line.put(
        "mostNewTokens", newTokensOfEach.stream().mapToInt(Integer::intValue).max().orElseThrow());
    for (String figure : List.of(PREFILL, DECODE)) {
      line.put(figure, median(ours, node -> node.path(figure).asDouble()));
      if (!peers.isEmpty()) {
        double peer = median(peers, node -> node.path(figure).asDouble());
        line.put("peer." + figure, peer);
        line.put("ratio." + figure, line.path(figure).asDouble() / peer);
      }
    }
    line.put("tokensPerSecond", median(ours, node -> node.path("tokensPerSecond").asDouble()));
    line.put("totalSeconds", median(ours, node -> node.path("totalSeconds").asDouble()));
    return line.put("threads", threads()).put("machine", System.getProperty("os.arch"));
  }

  private static double median(List<JsonNode> lines, ToDoubleFunction<JsonNode> figure) {
    double[] sorted = lines.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static int threads() {
    return Runtime.getRuntime().availableProcessors();
  }

  private JsonNode print(int round, JsonNode line) {
    ObjectNode numbered = JSON.createObjectNode().put("round", round);
    print(numbered.setAll((ObjectNode) line));
    return line;
  }

  private void print(JsonNode line) {
    spec.commandLine().getOut().println(line);
  }
}
