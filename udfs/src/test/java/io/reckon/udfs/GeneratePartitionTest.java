package io.reckon.udfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.ModelDescription;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.udfs.journal.JournalFile;
import io.reckon.udfs.journal.JournalFolder;
import io.reckon.udfs.journal.JournalPace;
import io.reckon.udfs.journal.Receipt;
import io.reckon.udfs.watch.ClusterCount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratePartitionTest {
  private static final EngineSettings SETTINGS = EngineSettings.builtin().withModel("fake");
  private static final int ANSWER = ReadGenerations.SCHEMA.fieldIndex("answer");
  private static final int ERROR = ReadGenerations.SCHEMA.fieldIndex("error");
  private static final int RUN_ID = ReadGenerations.SCHEMA.fieldIndex("run_id");
  private static final int VERSION = ReadGenerations.SCHEMA.fieldIndex("source_version");
  private static final AtomicInteger RUNS = new AtomicInteger();

  @TempDir static java.nio.file.Path journals;
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

    List<Row> first = generate(settings, prompts(400, "first"), 50);
    List<Row> second = generate(settings, prompts(400, "second"), 50);

    assertThat(Stream.concat(first.stream(), second.stream()))
        .extracting(row -> row.getString(ANSWER))
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

    List<Row> rows = generate(SETTINGS, prompts, 3);

    assertThat(rows).extracting(row -> row.getString(0)).hasSize(41).doesNotHaveDuplicates();
  }

  @Test
  void aRowThatEndsEveryEngineIsGivenUpOnceItDiedAlone() {
    List<Row> prompts = prompts(12, "innocent");
    prompts = Stream.concat(prompts.stream(), Stream.of(prompt("x", "<kill>"))).toList();

    List<Row> rows = generate(SETTINGS.withModel("killed"), prompts, 1);

    assertThat(rows).extracting(row -> row.getString(0)).hasSize(13).doesNotHaveDuplicates();
    assertThat(rows)
        .filteredOn(row -> !row.isNullAt(ERROR))
        .singleElement()
        .satisfies(row -> assertThat(row.getString(0)).isEqualTo("x"))
        .satisfies(row -> assertThat(row.getStruct(ERROR).getString(0)).isEqualTo("ENGINE_KILLED"));
  }

  @Test
  void aModelThatDoesNotLoadFailsTheJobWithItsReason() {
    assertThatThrownBy(() -> generate(SETTINGS.withModel("missing"), prompts(3, "q"), 1))
        .rootCause()
        .hasMessage("there is no folder missing");
  }

  @Test
  void anExecutorWithOtherFilesFailsTheJob() {
    EngineSettings settings = SETTINGS.withModel("older");
    ModelDescription newer = new ModelDescription("older", "newer", "auto", "cpu", 1, 1, 1);

    assertRefused(
        settings,
        newer,
        ErrorCode.BAD_CHECKPOINT,
        "executor driver has a model 'older' of fingerprint fake-older,",
        "planned with one of fingerprint newer; give every executor");
  }

  @Test
  void anExecutorThatRunsInAnotherModeFailsTheJob() {
    EngineSettings settings = SETTINGS.withModel("mixed").withMode("int8");
    ModelDescription onGpu = new ModelDescription("mixed", "fake-mixed", "bf16", "cuda:0", 1, 1, 1);

    assertRefused(
        settings,
        onGpu,
        ErrorCode.BAD_OPTION,
        "executor driver runs the model in mode int8 on cpu,",
        "planned with mode bf16 on cuda:0; give a mode");
  }

  private static void assertRefused(
      EngineSettings settings, ModelDescription planned, ErrorCode code, String... told) {
    assertThatThrownBy(() -> generate(settings, planned, prompts(3, "q"), 1))
        .rootCause()
        .hasMessageContainingAll(told)
        .isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void aCancelledJobLeavesNoRequestBehind() throws Exception {
    EngineSettings settings = SETTINGS.withModel("cancelled");
    Thread job =
        new Thread(
            () -> {
              spark.sparkContext().setJobGroup("stuck", "never ends", true);
              var unused = generate(settings, List.of(prompt("a", "<stuck>")), 1);
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

  /** What stands in the journal at the end. */
  private static List<Row> generate(EngineSettings settings, List<Row> prompts, int partitions) {
    String model = settings.model();
    ModelDescription planned =
        new ModelDescription(model, "fake-" + model, settings.mode(), "cpu", 1, 1, 1);
    return generate(settings, planned, prompts, partitions);
  }

  private static List<Row> generate(
      EngineSettings settings, ModelDescription planned, List<Row> prompts, int partitions) {
    JournalFolder folder =
        new JournalFolder(
            new Path(journals.toUri().toString(), "run-" + RUNS.incrementAndGet()),
            spark.sparkContext().hadoopConfiguration());
    RunJournal journal = new RunJournal(folder, 7L, new JournalPace(100, Duration.ofMillis(200)));
    GeneratePartition generate =
        new GeneratePartition(
            settings, new FakeEngines(1), planned, SamplingParameters.GREEDY, 4, journal);
    List<Receipt> receipts =
        spark
            .createDataFrame(prompts, PromptRow.SAMPLES)
            .repartition(partitions)
            .toJavaRDD()
            .mapPartitions(rows -> generate.call(TaskContext.get(), rows).iterator())
            .collect();
    try {
      NavigableSet<JournalFile> files = folder.closed(any -> true);
      assertThat(files).containsAll(receipts.stream().map(Receipt::file).toList());
      return read(folder, files);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Row> read(JournalFolder folder, Iterable<JournalFile> files)
      throws IOException {
    ReadGenerations reader = new ReadGenerations(spark.sparkContext().hadoopConfiguration());
    List<Row> rows = new ArrayList<>();
    for (JournalFile file : files) {
      reader.call(folder.path(file).toString()).forEachRemaining(rows::add);
    }
    assertThat(rows)
        .allMatch(row -> row.getString(RUN_ID).equals(folder.runId()) && row.getLong(VERSION) == 7);
    return rows;
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
            .toSeq(),
        null,
        0,
        "0123456789abcdef".repeat(4));
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
