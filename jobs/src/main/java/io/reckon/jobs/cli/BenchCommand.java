package io.reckon.jobs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reckon.engine.EngineConfiguration;
import io.reckon.engine.ThroughputProbe;
import io.reckon.jobs.UserError;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
  private static final BenchWay WARM_UP = new BenchWay(false, false, false, false);
  private static final JsonMapper JSON = new JsonMapper();

  @Mixin private ModelArguments model;

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
      names = "--static-sequences",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Requests of a static batch; 0 for as many as share a step otherwise (default:"
              + " ${DEFAULT-VALUE}).")
  private int staticSequences;

  @Option(
      names = "--drafts",
      description =
          "Guess tokens ahead, as jobs do. How many come says nothing of other prompts: these are"
              + " made up.")
  private boolean drafts;

  @Option(
      names = "--compare",
      split = ",",
      paramLabel = "WAY",
      description =
          "By turns with the same under --no-sharing (no-sharing), with --static-batches"
              + " (static-batches), with the shared prefix computed alone before all requests"
              + " (prefix-first), or with --drafts (drafts).")
  private List<String> compared = List.of();

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
      description =
          "A program or Node script that measures another engine; see docs/performance.md.")
  private Path peerScript;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    check();
    int widest = Arrays.stream(sequences).max().orElseThrow();
    EngineConfiguration configuration =
        new EngineConfiguration(model.localModel(), mode(), "cpu", widest, cacheMegabytes << 20);
    try (ThroughputProbe probe = ThroughputProbe.open(configuration)) {
      probe.measure(new BenchWork(1, 0, 64, 2, false, 0).workload(1, WARM_UP));
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
    require("--static-sequences", staticSequences, 0);
    require("--prompt-tokens", promptTokens, 1);
    require("--new-tokens", newTokens, 1);
    require("--shared-prefix", prefixTokens, 0);
    require("--rounds", rounds, 1);
    require("--cache-mb", cacheMegabytes, 1);
    compared.forEach(WARM_UP::but);
    if (compared.contains("prefix-first") && prefixTokens == 0) {
      throw new UserError("--compare prefix-first needs a --shared-prefix of 1 or more");
    }
    if ((peerModel == null) != (peerScript == null)) {
      throw new UserError("--peer and --peer-script belong together; give both or none");
    }
  }

  static void require(String option, long number, long least) {
    if (number < least) {
      throw new UserError(option + " is " + number + "; give " + least + " or more");
    }
  }

  private void measure(ThroughputProbe probe, int running) {
    BenchWork work = work(running);
    BenchWay way = new BenchWay(!noSharing, staticBatches, false, drafts);
    BenchSeries series = new BenchSeries();
    series.add(BenchSeries.FIRST, () -> figures(probe, work, running, way));
    for (String name : compared) {
      series.add(name, () -> figures(probe, work, running, way.but(name)));
    }
    if (peerScript != null) {
      BenchPeer peer = new BenchPeer(peerModel, peerScript);
      series.add("peer", () -> peer.measure(running, promptTokens, newTokens, threads()));
    }
    series.run(rounds, this::print);
    ObjectNode summary = conditions(probe.subject(), work, running);
    series.summarize(summary);
    print(summary);
  }

  private BenchWork work(int running) {
    int count = requests == 0 ? running : requests;
    boolean heavyTail = lengths.equals("heavy-tail");
    return new BenchWork(count, prefixTokens, promptTokens, newTokens, heavyTail, 1);
  }

  private ObjectNode figures(ThroughputProbe probe, BenchWork work, int widest, BenchWay way) {
    int running = way.staticBatches() && staticSequences > 0 ? staticSequences : widest;
    ThroughputProbe.Result result = probe.measure(work.workload(running, way));
    double decodeSeconds = result.totalSeconds() - result.prefillSeconds();
    int prompts = work.requests() * (prefixTokens + promptTokens);
    ObjectNode figures = JSON.createObjectNode().put("sequences", running);
    figures.put("prefillTokensPerSecond", prompts / result.prefillSeconds());
    figures.put(
        "decodeTokensPerSecond",
        (result.generatedTokens() - result.prefillTokens()) / decodeSeconds);
    figures.put("tokensPerSecond", result.generatedTokens() / result.totalSeconds());
    figures.put("prefillSeconds", result.prefillSeconds());
    figures.put("totalSeconds", result.totalSeconds());
    figures.put("computedTokens", result.computedTokens());
    figures.put("draftedTokens", result.draftedTokens());
    figures.put("acceptedTokens", result.acceptedTokens());
    return figures.put("steps", result.steps());
  }

  /** What was measured, and on what. */
  private ObjectNode conditions(ThroughputProbe.Subject subject, BenchWork work, int running) {
    IntSummaryStatistics newTokensOfEach =
        work.lengths().stream().mapToInt(Integer::intValue).summaryStatistics();
    ObjectNode line = JSON.createObjectNode().put("summary", "medians of " + rounds);
    line.put("model", model.model()).put("mode", subject.mode());
    line.put("layers", subject.layers()).put("hidden", subject.hidden());
    line.put("heads", subject.heads()).put("latent", subject.latent());
    line.put("feedForward", subject.feedForward()).put("vocabulary", subject.vocabulary());
    line.put("parameters", subject.parameters());
    line.put("machine", BenchMachine.description()).put("threads", threads());
    line.put("sequences", running).put("requests", work.requests());
    line.put("promptTokens", promptTokens).put("sharedPrefix", prefixTokens);
    line.put("meanNewTokens", newTokensOfEach.getAverage());
    line.put("mostNewTokens", newTokensOfEach.getMax());
    line.put("sharing", !noSharing).put("staticBatches", staticBatches);
    line.put("weightBytes", subject.weightBytes()).put("cacheBytes", subject.cacheBytes());
    ProcessMemory.residentBytes().ifPresent(bytes -> line.put("residentBytes", bytes));
    ProcessMemory.peakBytes().ifPresent(bytes -> line.put("peakBytes", bytes));
    return line;
  }

  private String mode() {
    return model.mode("int8");
  }

  private static int threads() {
    return Runtime.getRuntime().availableProcessors();
  }

  private void print(JsonNode line) {
    spec.commandLine().getOut().println(line);
  }
}
