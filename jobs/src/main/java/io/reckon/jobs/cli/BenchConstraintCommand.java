package io.reckon.jobs.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reckon.engine.EngineConfiguration;
import io.reckon.engine.ReckonEngine;
import io.reckon.engine.api.EngineCounters;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.jobs.UserError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Measures what a constraint costs: the same requests with it and without it, by turns. Those
 * without it write as many tokens as those with it did, each for each, so that both ways have the
 * same work and end as unevenly.
 */
@Command(
    name = "bench-constraint",
    description =
        "Measures tokens a second under --choice, --regex or --json-schema, by turns with the same"
            + " requests without it. Needs no Spark.")
final class BenchConstraintCommand implements Callable<Integer> {
  private static final JsonMapper JSON = new JsonMapper();

  @Mixin private ModelArguments model;

  @Option(
      names = "--sequences",
      paramLabel = "N",
      defaultValue = "32",
      description = "Requests that share a step (default: ${DEFAULT-VALUE}).")
  private int sequences;

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "0",
      description = "Requests in all; 0 for as many as share a step (default: ${DEFAULT-VALUE}).")
  private int requests;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Rounds of each measurement (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Mixin private SamplingArguments sampling;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    SamplingParameters with = sampling.parameters();
    if (!with.constraint().constrains()) {
      throw new UserError("bench-constraint needs one of --choice, --regex and --json-schema");
    }
    BenchCommand.require("--sequences", sequences, 1);
    BenchCommand.require("--requests", requests, 0);
    BenchCommand.require("--rounds", rounds, 1);
    EngineConfiguration configuration =
        new EngineConfiguration(model.localModel(), model.mode("int8"), "cpu", sequences, 1L << 30);
    try (InferenceEngine engine = ReckonEngine.open(configuration.withDrafts(false))) {
      BenchSeries series = contestants(engine, with);
      series.run(rounds, line -> spec.commandLine().getOut().println(line));
      ObjectNode summary = JSON.createObjectNode().put("summary", "medians of " + rounds);
      summary.put("model", model.model()).put("mode", engine.model().mode());
      summary.put("sequences", sequences).put("requests", inAll());
      series.summarize(summary);
      spec.commandLine().getOut().println(summary);
    }
    return ExitCode.DONE;
  }

  /** Those with the constraint come first in a round, and say how long the others' answers are. */
  private BenchSeries contestants(InferenceEngine engine, SamplingParameters with) {
    SamplingParameters without = with.toBuilder().constraint(OutputConstraint.none()).build();
    var unusedWarmUp = answer(engine, Collections.nCopies(inAll(), without.withMaxNewTokens(2)));
    List<Integer> lengths = new ArrayList<>();
    BenchSeries series = new BenchSeries();
    series.add(
        BenchSeries.FIRST,
        () -> {
          Measured measured = answer(engine, Collections.nCopies(inAll(), with));
          lengths.clear();
          lengths.addAll(measured.lengths());
          return measured.figures();
        });
    series.add("unconstrained", () -> answer(engine, ofLengths(without, lengths)).figures());
    return series;
  }

  private static List<SamplingParameters> ofLengths(
      SamplingParameters sampling, List<Integer> lengths) {
    return lengths.stream().map(n -> sampling.withMaxNewTokens(Math.max(1, n))).toList();
  }

  private int inAll() {
    return requests == 0 ? sequences : requests;
  }

  /** What a round gave: its figures, and how many tokens each request wrote, forced ones too. */
  private record Measured(ObjectNode figures, List<Integer> lengths) {}

  /** Answers one request for each of the parameters. */
  private Measured answer(InferenceEngine engine, List<SamplingParameters> parameters) {
    EngineCounters before = engine.counters();
    long start = System.nanoTime();
    List<GenerationHandle> handles = submit(engine, parameters);
    List<Integer> lengths =
        handles.stream()
            .map(handle -> handle.result().join())
            .map(generation -> generation.reasoningTokens() + generation.answerTokens())
            .toList();
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Measured(figures(before, engine.counters(), seconds, lengths), lengths);
  }

  private static List<GenerationHandle> submit(
      InferenceEngine engine, List<SamplingParameters> parameters) {
    List<GenerationHandle> handles = new ArrayList<>();
    try {
      for (int request = 0; request < parameters.size(); request++) {
        Message message = Message.user("Describe number " + request + " of the list, in full.");
        SamplingParameters seeded = parameters.get(request).withSeed(1000 + request);
        handles.add(engine.submit(new GenerationRequest(List.of(message), seeded)));
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while measuring", e);
    }
    return handles;
  }

  /** Tokens that the model chose in a second: forced ones are computed, but not counted. */
  private ObjectNode figures(
      EngineCounters before, EngineCounters after, double seconds, List<Integer> lengths) {
    long chosen = after.generatedTokens() - before.generatedTokens();
    int written = lengths.stream().mapToInt(Integer::intValue).sum();
    ObjectNode figures = JSON.createObjectNode().put("sequences", sequences);
    figures
        .put("decodeTokensPerSecond", chosen / seconds)
        .put("tokensPerSecond", written / seconds);
    figures.put("totalSeconds", seconds).put("chosenTokens", chosen).put("writtenTokens", written);
    figures.put("computedTokens", after.computedTokens() - before.computedTokens());
    return figures.put("steps", after.steps() - before.steps());
  }
}
