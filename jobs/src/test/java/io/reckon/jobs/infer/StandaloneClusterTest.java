package io.reckon.jobs.infer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.jobs.BesideOthers;
import io.reckon.jobs.TestSpark;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The job on a real cluster: separate JVMs, GPUs given out by Spark, executors that die. */
@BesideOthers
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class StandaloneClusterTest {
  private static final Path MODEL =
      Path.of("../engine/src/test/resources/mla-small").toAbsolutePath().normalize();

  @TempDir static Path folder;
  private static StandaloneCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = StandaloneCluster.start(folder);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void eachExecutorLoadsOneEngineOnItsOwnGpuForManyPartitionsAndTwoJobs() throws Exception {
    Path output = folder.resolve("shared");

    Process driver = submit(prompts(120), output, 40, 2, MODEL.toString());

    assertThat(driver.waitFor()).as(() -> cluster.log("driver")).isZero();
    assertThat(said("executor \\d+ GPU (\\d) engines (\\d+)"))
        .as(() -> cluster.log("driver"))
        .containsExactlyInAnyOrder("0 1", "1 1");
    assertThat(table(output, ReckonTable.RUNS).select("rows").collectAsList().toString())
        .isEqualTo("[[120], [120]]");
    assertEachPromptOnceInEachRun(output, 120, 2);
    assertThat(table(output, ReckonTable.ANSWERS).select("prompt_id", "answer").distinct().count())
        .as("both runs gave the same answers")
        .isEqualTo(120);
    assertThat(cluster.executorLogs()).anyMatch(log -> log.contains("GPU address 1"));
  }

  @Test
  void anExecutorKilledMidJobLeavesEveryRowOnce() throws Exception {
    Path output = folder.resolve("killed");
    Process driver = submit(prompts(80), output, 20, 1, "fake:1000");
    awaitAQuarterDone(driver);

    ProcessHandle victim = cluster.executors().get(0);
    victim.destroyForcibly();

    assertThat(driver.waitFor()).as(() -> cluster.log("driver")).isZero();
    assertThat(said("executor (\\d+) GPU")).as("replaced by a third").hasSize(3);
    assertEachPromptOnceInEachRun(output, 80, 1);
  }

  @Test
  void aRowThatKillsItsEngineFailsAloneAndTheOthersAreAnswered() throws Exception {
    Path output = folder.resolve("poisoned");
    Path prompts = folder.resolve("poisoned.csv");
    Files.writeString(prompts, Files.readString(prompts(40)) + "poison,<kill>\n");

    Process driver = submit(prompts, output, 6, 1, "fake:20");

    assertThat(driver.waitFor()).as(() -> cluster.log("driver")).isZero();
    assertThat(said("executor (\\d+) GPU").size()).as("two engines died").isBetween(3, 4);
    Dataset<Row> answers = table(output, ReckonTable.ANSWERS);
    assertThat(answers.select("prompt_id").distinct().count()).isEqualTo(41);
    assertThat(answers.count()).isEqualTo(41);
    assertThat(answers.where("error is not null").select("prompt_id", "error.code").collectAsList())
        .hasToString("[[poison,ENGINE_KILLED]]");
    assertThat(cluster.executorLogs())
        .anyMatch(log -> log.contains("This executor ends, and Spark starts another"));
  }

  @Test
  void readingAndWritingHoldNoGpuWhereGeneratingHasExecutorsOfItsOwn() throws Exception {
    Path output = folder.resolve("stage");
    Map<String, String> stage =
        Map.of(
            "spark.executor.resource.gpu.amount", "",
            "spark.task.resource.gpu.amount", "",
            "spark.sql.extensions",
                "io.delta.sql.DeltaSparkSessionExtension,io.reckon.udfs.sql.ReckonExtensions",
            "spark.dynamicAllocation.enabled", "true",
            "spark.dynamicAllocation.maxExecutors", "1",
            "spark.reckon.model", MODEL.toString(),
            "spark.reckon.gpuStage", "true");

    Process driver =
        cluster.submit(
            ClusterMain.class,
            stage,
            prompts(30).toString(),
            output.toString(),
            "4",
            "2",
            MODEL.toString());

    assertThat(driver.waitFor()).as(() -> cluster.log("driver")).isZero();
    assertThat(said("executor \\d+ GPU (\\S+) engines (\\d+)"))
        .as(() -> cluster.log("driver"))
        .containsExactlyInAnyOrder("none 0", "0 1");
    assertThat(said("query of (\\d+) rows")).containsExactly("4");
    assertEachPromptOnceInEachRun(output, 30, 2);
  }

  private static Process submit(Path prompts, Path output, int partitions, int runs, String engine)
      throws IOException {
    return cluster.submit(
        ClusterMain.class,
        prompts.toString(),
        output.toString(),
        Integer.toString(partitions),
        Integer.toString(runs),
        engine);
  }

  private static Path prompts(int count) throws IOException {
    String rows =
        IntStream.range(0, count)
            .mapToObj(i -> "p%d,question %d".formatted(i, i))
            .collect(Collectors.joining("\n", "id,prompt\n", "\n"));
    return Files.writeString(folder.resolve("prompts-" + count + ".csv"), rows);
  }

  private static void awaitAQuarterDone(Process driver) throws InterruptedException {
    while (driver.isAlive()) {
      if (said("GENERATING (\\d+) of").stream().anyMatch(done -> Integer.parseInt(done) >= 20)) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError("the driver ended early: " + cluster.log("driver"));
  }

  /** What the driver printed: the groups of each match, joined by blanks. */
  private static List<String> said(String pattern) {
    return Pattern.compile("> " + pattern)
        .matcher(cluster.log("driver"))
        .results()
        .map(StandaloneClusterTest::groups)
        .toList();
  }

  private static String groups(MatchResult match) {
    return IntStream.rangeClosed(1, match.groupCount())
        .mapToObj(match::group)
        .collect(Collectors.joining(" "));
  }

  private static void assertEachPromptOnceInEachRun(Path output, int prompts, int runs) {
    for (ReckonTable table : List.of(ReckonTable.ANSWERS, ReckonTable.REASONING_TRACES)) {
      Dataset<Row> rows = table(output, table);
      assertThat(rows.count()).isEqualTo((long) prompts * runs);
      assertThat(rows.select("prompt_id", "run_id").distinct().count())
          .isEqualTo((long) prompts * runs);
    }
    assertThat(table(output, ReckonTable.ANSWERS).where("error is not null").count()).isZero();
  }

  private static Dataset<Row> table(Path output, ReckonTable table) {
    return OutputFolder.at(TestSpark.session(), output.toString()).read(table);
  }
}
