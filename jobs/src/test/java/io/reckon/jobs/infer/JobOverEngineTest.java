package io.reckon.jobs.infer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.reckon.engine.EngineConfiguration;
import io.reckon.engine.ReckonEngine;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.train.problem.Family;
import io.reckon.engine.train.problem.Problem;
import io.reckon.engine.train.problem.ProblemSet;
import io.reckon.jobs.TestSpark;
import io.reckon.udfs.EngineSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What of the bare engine's throughput is left to a whole job: the same prompts, by turns, with
 * either engine loaded before. The job's time is all of it, from its options to its summary:
 * reading, planning, the journal, both tables. For another model, {@code -Dreckon.model=DIR
 * -Dreckon.prompts=N -Dreckon.newTokens=N -Dreckon.rounds=N}.
 */
@Tag("chaos")
class JobOverEngineTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MODEL = System.getProperty("reckon.model", "builtin");
  private static final int PROMPTS = Integer.getInteger("reckon.prompts", 3000);
  private static final int ROUNDS = Integer.getInteger("reckon.rounds", 1);
  private static final EngineSettings ENGINE =
      EngineSettings.builtin().withModel(MODEL).withMode("int8").withMaxRunning(32);
  private static final SamplingParameters SAMPLING =
      SamplingParameters.builder()
          .maxNewTokens(Integer.getInteger("reckon.newTokens", 512))
          .build();

  @TempDir Path folder;

  /** What was made, and in how long. */
  private record Measured(long tokens, double seconds) {
    double rate() {
      return tokens / seconds;
    }
  }

  @Test
  void aWholeJobKeepsTheEnginesThroughput() throws Exception {
    List<String> prompts = prompts();
    EngineConfiguration configuration =
        new EngineConfiguration(MODEL, "int8", "cpu", ENGINE.maxRunning(), ENGINE.cacheBytes());
    job(prompts.subList(0, 2), "first"); // Loads the job's engine, and Spark's and Delta's classes.
    try (InferenceEngine engine = ReckonEngine.open(configuration)) {
      bare(engine, prompts.subList(0, 2));
      for (int round = 0; round < ROUNDS; round++) {
        Measured bare = bare(engine, prompts);
        Measured job = job(prompts, "round-" + round);
        System.out.printf(
            "model %s, %d prompts: bare engine %d tokens in %.1f s, %.0f a second; job %d in %.1f s, %.0f a second; share %.3f%n",
            MODEL,
            PROMPTS,
            bare.tokens(),
            bare.seconds(),
            bare.rate(),
            job.tokens(),
            job.seconds(),
            job.rate(),
            job.rate() / bare.rate());
        assertThat(job.tokens()).isEqualTo(bare.tokens());
      }
    }
  }

  private static List<String> prompts() {
    int each = PROMPTS / Family.values().length + 1;
    return Stream.of(Family.values())
        .flatMap(family -> ProblemSet.draw(family, each, 7).stream())
        .map(Problem::prompt)
        .limit(PROMPTS)
        .toList();
  }

  private static Measured bare(InferenceEngine engine, List<String> prompts) throws Exception {
    long begun = System.nanoTime();
    List<GenerationHandle> handles = new ArrayList<>();
    for (String prompt : prompts) {
      handles.add(engine.submit(new GenerationRequest(List.of(Message.user(prompt)), SAMPLING)));
    }
    long tokens = 0;
    for (GenerationHandle handle : handles) {
      tokens += handle.result().get().reasoningTokens() + handle.result().get().answerTokens();
    }
    return new Measured(tokens, (System.nanoTime() - begun) / 1e9);
  }

  private Measured job(List<String> prompts, String name) throws IOException {
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
    RunSummary summary = new InferJob().run(TestSpark.session(), options, Progress.NONE);
    double seconds = (System.nanoTime() - begun) / 1e9;
    assertThat(summary.count().rows() - summary.count().failedRows()).isEqualTo(prompts.size());
    return new Measured(summary.count().generatedTokens(), seconds);
  }
}
