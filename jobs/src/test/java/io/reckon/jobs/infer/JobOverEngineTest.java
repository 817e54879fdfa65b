package io.reckon.jobs.infer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.train.problem.Family;
import io.reckon.engine.train.problem.Problem;
import io.reckon.engine.train.problem.ProblemSet;
import io.reckon.jobs.TestSpark;
import io.reckon.udfs.EngineLease;
import io.reckon.udfs.EngineSettings;
import io.reckon.udfs.ExecutorEngine;
import io.reckon.udfs.ReckonPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What of the bare engine's throughput is left to a whole job: the same prompts, by turns, on the
 * very engine that the job uses. The job's time is all of it, from its options to its summary:
 * reading, planning, the journal, both tables. Whoever is first in a round finds less in the cache,
 * so they take turns at that too. For another model, {@code -Dreckon.model=DIR -Dreckon.prompts=N
 * -Dreckon.newTokens=N -Dreckon.rounds=N}.
 */
@Tag("speed")
class JobOverEngineTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MODEL = System.getProperty("reckon.model", "builtin");
  private static final int PROMPTS = Integer.getInteger("reckon.prompts", 3000);
  private static final int ROUNDS = Integer.getInteger("reckon.rounds", 2);

  /** Without drafts, since whoever is second would find its answers among those of the first. */
  private static final EngineSettings ENGINE =
      EngineSettings.builtin().withModel(MODEL).withDrafts(false);

  private static final SamplingParameters SAMPLING =
      SamplingParameters.builder()
          .maxNewTokens(Integer.getInteger("reckon.newTokens", 512))
          .build();

  @TempDir Path folder;

  /**
   * What was made, and in how long.
   *
   * @param cachedTokens tokens of the prompts that came out of the cache
   * @param generating seconds while tasks generated: start-up and end apart
   */
  private record Measured(long tokens, long cachedTokens, double seconds, double generating) {
    double rate() {
      return tokens / seconds;
    }
  }

  @Test
  void aWholeJobKeepsTheEnginesThroughput() throws Exception {
    // Not the session of the other tests, whose journal and commits are hurried.
    SparkSession session =
        TestSpark.plain()
            .config("spark.scheduler.mode", "FAIR")
            .config("spark.plugins", ReckonPlugin.class.getName())
            .getOrCreate();
    List<String> prompts = prompts();
    // Loads the engine, and Spark's and Delta's classes.
    job(session, prompts.subList(0, 2), "first");
    for (int round = 0; round < ROUNDS; round++) {
      boolean bareFirst = round % 2 == 0;
      Measured early = bareFirst ? bare(prompts) : job(session, prompts, "round-" + round);
      Measured late = bareFirst ? job(session, prompts, "round-" + round) : bare(prompts);
      print(bareFirst ? early : late, bareFirst ? late : early);
      assertThat(late.tokens()).isEqualTo(early.tokens());
    }
  }

  private static void print(Measured bare, Measured job) {
    System.out.printf(
        "model %s, %d prompts, %d tokens: bare engine %.1f s, %d tokens cached; job %.1f s, %.1f s of it generating, %d cached; share %.3f, start-up and end apart %.3f%n",
        MODEL,
        PROMPTS,
        bare.tokens(),
        bare.seconds(),
        bare.cachedTokens(),
        job.seconds(),
        job.generating(),
        job.cachedTokens(),
        job.rate() / bare.rate(),
        bare.seconds() / job.generating());
  }

  private static List<String> prompts() {
    int each = PROMPTS / Family.values().length + 1;
    return Stream.of(Family.values())
        .flatMap(family -> ProblemSet.draw(family, each, 7).stream())
        .map(Problem::prompt)
        .limit(PROMPTS)
        .toList();
  }

  private static Measured bare(List<String> prompts) throws Exception {
    try (EngineLease lease = ExecutorEngine.lease(ENGINE, ExecutorEngine.local())) {
      long begun = System.nanoTime();
      List<GenerationHandle> handles = new ArrayList<>();
      for (String prompt : prompts) {
        handles.add(
            lease.engine().submit(new GenerationRequest(List.of(Message.user(prompt)), SAMPLING)));
      }
      long tokens = 0;
      long cachedTokens = 0;
      for (GenerationHandle handle : handles) {
        Generation made = handle.result().get();
        tokens += made.reasoningTokens() + made.answerTokens();
        cachedTokens += made.cachedTokens();
      }
      double seconds = (System.nanoTime() - begun) / 1e9;
      return new Measured(tokens, cachedTokens, seconds, seconds);
    }
  }

  private Measured job(SparkSession session, List<String> prompts, String name) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      lines.add(JSON.writeValueAsString(Map.of("id", name + i, "prompt", prompts.get(i))));
    }
    Path source = Files.write(folder.resolve(name + ".jsonl"), lines);
    InferOptions options =
        InferOptions.builder(source.toString(), folder.resolve(name).toString())
            .engine(ENGINE)
            .sampling(SAMPLING)
            .build();
    long begun = System.nanoTime();
    RunSummary summary = new InferJob().run(session, options, Progress.NONE);
    double seconds = (System.nanoTime() - begun) / 1e9;
    assertThat(summary.count().rows() - summary.count().failedRows()).isEqualTo(prompts.size());
    return new Measured(
        summary.count().generatedTokens(),
        summary.count().cachedTokens(),
        seconds,
        summary.generating().toMillis() / 1e3);
  }
}
