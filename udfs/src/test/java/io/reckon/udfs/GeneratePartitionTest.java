package io.reckon.udfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.SamplingParameters;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GeneratePartitionTest {
  private static final EngineSettings SETTINGS = EngineSettings.builtin().withModel("fake");
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[3,3]")
            .config("spark.ui.enabled", "false")
            .config("spark.plugins", ReckonPlugin.class.getName())
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
    assertThat(FakeEngines.opened()).allMatch(FakeEngine::closed, "closed with the executor");
  }

  @Test
  void oneEngineServesManyPartitionsAndTwoJobs() throws InterruptedException {
    int before = FakeEngines.opened().size();
    EngineSettings settings = SETTINGS.withModel("one-engine");

    List<Row> first = generate(settings, prompts(400, "first"), 50).collectAsList();
    List<Row> second = generate(settings, prompts(400, "second"), 50).collectAsList();

    assertThat(Stream.concat(first.stream(), second.stream()))
        .extracting(row -> row.<String>getAs("answer"))
        .hasSize(800)
        .doesNotHaveDuplicates()
        .allMatch(answer -> answer.matches("(FIRST|SECOND) \\d+"));
    assertThat(FakeEngines.opened()).hasSize(before + 1);
    assertReported(settings.model());
  }

  @Test
  void aRetryAnswersWhatAFailedEngineDidNot() {
    List<Row> prompts = prompts(40, "retried");
    prompts = Stream.concat(prompts.stream(), Stream.of(prompt("x", "<fail> retried"))).toList();

    List<Row> rows = generate(SETTINGS, prompts, 3).collectAsList();

    assertThat(rows)
        .extracting(row -> row.<String>getAs("prompt_id"))
        .hasSize(41)
        .doesNotHaveDuplicates();
  }

  @Test
  void aModelThatDoesNotLoadFailsTheJobWithItsReason() {
    assertThatThrownBy(() -> generate(SETTINGS.withModel("missing"), prompts(3, "q"), 1).count())
        .rootCause()
        .hasMessage("there is no folder missing");
  }

  @Test
  void aCancelledJobLeavesNoRequestBehind() throws Exception {
    EngineSettings settings = SETTINGS.withModel("cancelled");
    Thread job =
        new Thread(
            () -> {
              spark.sparkContext().setJobGroup("stuck", "never ends", true);
              var unused = generate(settings, List.of(prompt("a", "<stuck>")), 1).collectAsList();
            });
    job.setUncaughtExceptionHandler((thread, cancelled) -> {});
    job.start();
    await(
        () ->
            FakeEngines.last().model().name().equals("cancelled")
                && FakeEngines.last().open() == 1);

    spark.sparkContext().cancelJobGroup("stuck");
    job.join(20_000);

    await(() -> FakeEngines.last().open() == 0);
  }

  private static Dataset<Row> generate(EngineSettings settings, List<Row> prompts, int partitions) {
    return spark
        .createDataFrame(prompts, PromptRow.SCHEMA)
        .repartition(partitions)
        .mapPartitions(
            new GeneratePartition(settings, new FakeEngines(1), SamplingParameters.GREEDY, 1, 4),
            Encoders.row(GenerationRow.SCHEMA));
  }

  private static void assertReported(String model) throws InterruptedException {
    ClusterCount cluster = ClusterCount.current().orElseThrow();
    await(() -> cluster.total().rows() >= 800 && cluster.engineLoads() >= 1);
    assertThat(cluster.executors())
        .singleElement()
        .satisfies(report -> assertThat(report.engine()).contains(model));
  }

  private static List<Row> prompts(int count, String text) {
    return IntStream.range(0, count).mapToObj(i -> prompt(text + i, text + " " + i)).toList();
  }

  private static Row prompt(String id, String text) {
    return RowFactory.create(
        id,
        scala.jdk.javaapi.CollectionConverters.asScala(
                Arrays.asList(RowFactory.create("user", text)))
            .toSeq());
  }

  private static void await(Callable<Boolean> condition) throws InterruptedException {
    for (int i = 0; i < 200; i++) {
      try {
        if (condition.call()) {
          return;
        }
      } catch (Exception e) {
        throw new AssertionError(e);
      }
      Thread.sleep(100);
    }
    throw new AssertionError("what was awaited did not come in 20 s");
  }
}
