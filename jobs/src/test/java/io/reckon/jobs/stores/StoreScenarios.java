package io.reckon.jobs.stores;

import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.tables.DeltaTable;
import io.reckon.engine.train.problem.ProblemSet;
import io.reckon.jobs.TestSpark;
import io.reckon.jobs.UserError;
import io.reckon.jobs.cli.CliProcess;
import io.reckon.jobs.commit.RunLock;
import io.reckon.jobs.commit.StateFolder;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import io.reckon.udfs.journal.ArrowFileOutput;
import io.reckon.udfs.journal.JournalFile;
import io.reckon.udfs.journal.JournalFolder;
import io.reckon.udfs.journal.TaskAttempt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What must hold wherever a run keeps its prompts, its model, its tables and what it goes on from.
 * Every run is a process of its own; all that it reads and writes lies in the store.
 */
@Tag("stores")
@Timeout(value = 400, unit = TimeUnit.SECONDS)
abstract class StoreScenarios {
  /** So that much is journaled, and some of it committed, long before the end. */
  private static final List<String> QUICK =
      List.of(
          "spark.reckon.journal.delay=100ms",
          "spark.reckon.commit.interval=1s",
          "spark.reckon.maxRunning=8");

  private static final java.nio.file.Path SMALL_MODEL =
      java.nio.file.Path.of("..", "engine", "src", "test", "resources", "mla-small");
  private static final int RACERS = 8;
  private static final StructType TEXT = new StructType().add("text", StringType);

  @TempDir java.nio.file.Path local;

  /** The store's settings for Hadoop. */
  abstract Map<String, String> settings();

  /** A folder of the store. */
  abstract Path folder(String name);

  /** Called when the first run of a test has ended, and nothing has been read of it yet. */
  void lookAtAWholeRun() {}

  @Test
  void aRunAnswersAllAndTheNextGeneratesNothing() throws Exception {
    Path folder = folder("whole");
    String[] command = infer(folder, 2);

    assertThat(run("first", command)).contains("22 answered, 0 failed", folder + "/out/answers");
    lookAtAWholeRun();
    assertEachPromptOnce(folder, 22);
    long version = version(folder, ReckonTable.ANSWERS);
    assertThat(namesBelow(new Path(folder, "out/_reckon")))
        .allMatch(name -> name.equals("checkpoint.json") || name.matches("\\d+\\.(json|done)"));

    assertThat(run("second", command)).contains("22", "done before");
    assertThat(version(folder, ReckonTable.ANSWERS)).isEqualTo(version);
    assertThat(read(folder, ReckonTable.RUNS).count()).isEqualTo(2);
    assertThat(read(folder, ReckonTable.RUNS).where("generated_tokens > 0").count()).isOne();
  }

  @Test
  void aModelOfTheStoreIsCopiedAndRuns() throws Exception {
    Path folder = folder("checkpoint");
    Path model = new Path(folder, "small");
    for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
      files().copyFromLocalFile(new Path(SMALL_MODEL.resolve(name).toUri()), new Path(model, name));
    }
    String[] command = infer(folder, 1, "--model", model.toString(), "--max-new-tokens", "4");
    List<String> cache = List.of("spark.reckon.modelCache=" + local.resolve("models"));

    try (CliProcess process = start("model", cache, command)) {
      assertThat(process.exitCode()).as(process::printed).isZero();
    }

    assertEachPromptOnce(folder, 11);
    assertThat(read(folder, ReckonTable.ANSWERS).select("model").distinct().collectAsList())
        .hasToString("[[small]]");
    try (Stream<java.nio.file.Path> copies = Files.walk(local.resolve("models"))) {
      assertThat(copies).anyMatch(copy -> copy.endsWith("small/model.safetensors"));
    }
  }

  @Test
  void whatAKillAndThenControlCLeaveIsDoneByTheNext() throws Exception {
    Path folder = folder("interrupted");
    String[] command = infer(folder, 30);
    try (CliProcess first = start("first", QUICK, command)) {
      first.await(() -> isJournaled(folder, Set.of()));
      first.kill();
    }
    Set<String> ofFirst = journals(folder);
    try (CliProcess second = start("second", QUICK, command)) {
      second.await(() -> isJournaled(folder, ofFirst));
      assertThatThrownBy(() -> RunLock.take(state(folder), "third"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("writes to '" + folder + "/out'");
      second.interrupt();
      assertThat(second.exitCode()).as(second::printed).isEqualTo(130);
    }
    assertThat(files().exists(new Path(folder, "out/_reckon/lock"))).isFalse();

    assertThat(run("third", command)).contains("done before");

    assertEachPromptOnce(folder, 330);
    List<Row> runs = read(folder, ReckonTable.RUNS).orderBy("run_id").collectAsList();
    assertThat(runs)
        .extracting(row -> row.<String>getAs("status"))
        .containsExactly("interrupted", "interrupted", "finished");
    assertThat(runs).allMatch(row -> row.<Long>getAs("rows") > 0);
    assertThat(runs.stream().mapToLong(row -> row.<Long>getAs("rows")).sum()).isEqualTo(330);
    assertThat(journals(folder)).isEmpty();
  }

  @Test
  void ofRunsThatBeginAtTheSameMomentOneGetsTheLock() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(RACERS);
    // Each has a client of its own, as processes have.
    String oneClient = "fs.%s.impl.disable.cache".formatted(folder("").toUri().getScheme());
    hadoop().set(oneClient, "true");
    try {
      for (int round = 0; round < 10; round++) {
        assertThat(race(threads, folder("race-" + round))).as("round %d", round).isOne();
      }
    } finally {
      hadoop().unset(oneClient);
      threads.shutdown();
    }
  }

  /** How many of the runs that begin together get the lock. */
  private long race(ExecutorService threads, Path folder) throws Exception {
    CyclicBarrier together = new CyclicBarrier(RACERS);
    List<Callable<Boolean>> takers = new ArrayList<>();
    for (int i = 0; i < RACERS; i++) {
      StateFolder state = state(folder);
      String run = "run-" + i;
      takers.add(
          () -> {
            together.await();
            return takes(state, run);
          });
    }
    long winners = 0;
    for (Future<Boolean> taken : threads.invokeAll(takers)) {
      winners += taken.get() ? 1 : 0;
    }
    return winners;
  }

  /** The lock is kept: its run goes on. */
  @SuppressWarnings("MustBeClosedChecker")
  private static boolean takes(StateFolder state, String run) throws IOException {
    try {
      RunLock.take(state, run);
      return true;
    } catch (UserError e) {
      assertThat(e).hasMessageContaining("give --output another folder");
      return false;
    }
  }

  @Test
  void aJournalFileCountsOnceItIsClosed() throws Exception {
    JournalFolder journal = new JournalFolder(folder("journal/run"), hadoop());
    JournalFile file = new JournalFile(new TaskAttempt(0, 1), 0);
    byte[] bytes = arrow(2_000);

    try (FSDataOutputStream out = files().create(journal.path(file), false)) {
      out.write(bytes, 0, bytes.length / 2);
      if (out.hasCapability(StreamCapabilities.HSYNC)) {
        out.hsync();
      }
      assertThat(journal.closed(any -> true)).isEmpty();
      out.write(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
    }

    assertThat(journal.closed(any -> true)).containsExactly(file);
  }

  static byte[] arrow(int rows) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ArrowFileOutput arrow = new ArrowFileOutput(bytes, TEXT, Map.of())) {
      arrow.write(IntStream.range(0, rows).mapToObj(i -> RowFactory.create("row " + i)).toList());
    }
    return bytes.toByteArray();
  }

  /** The command of a run over so many prompts of each family, which are written here. */
  String[] infer(Path folder, int perFamily, String... options) throws IOException {
    Path prompts = new Path(folder, "prompts.jsonl");
    try (Writer out =
        new OutputStreamWriter(files().create(prompts, true), StandardCharsets.UTF_8)) {
      ProblemSet.write(perFamily, 1, out);
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                "infer",
                "--prompts",
                prompts.toString(),
                "--output",
                new Path(folder, "out").toString()));
    command.addAll(List.of(options));
    return command.toArray(String[]::new);
  }

  /** Runs to the end; what was printed. */
  String run(String name, String... command) throws Exception {
    try (CliProcess process = start(name, List.of(), command)) {
      assertThat(process.exitCode()).as(process::printed).isZero();
      return process.printed();
    }
  }

  private CliProcess start(String name, List<String> properties, String... command)
      throws IOException {
    List<String> all = new ArrayList<>(properties);
    settings().forEach((key, value) -> all.add("spark.hadoop." + key + "=" + value));
    return CliProcess.start(local.resolve(name + ".log"), all, command);
  }

  /** Of the test's own session, which has the store's settings from here on. */
  Configuration hadoop() {
    Configuration hadoop = TestSpark.session().sparkContext().hadoopConfiguration();
    settings().forEach(hadoop::set);
    return hadoop;
  }

  FileSystem files() throws IOException {
    return folder("").getFileSystem(hadoop());
  }

  StateFolder state(Path folder) {
    Path output = new Path(folder, "out");
    return new StateFolder(OutputFolder.at(TestSpark.session(), output.toString()), hadoop());
  }

  private boolean isJournaled(Path folder, Set<String> others) {
    try {
      for (String run : journals(folder)) {
        Path journal = new Path(folder, "out/_reckon/journal/" + run);
        if (!others.contains(run)
            && namesBelow(journal).stream().filter(name -> name.endsWith(".arrow")).count() > 3) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return false; // A file has gone while it was listed.
    }
  }

  /** The runs that have a journal. */
  private Set<String> journals(Path folder) throws IOException {
    Path journals = new Path(folder, "out/_reckon/journal");
    Set<String> runs = new HashSet<>();
    if (files().exists(journals)) {
      Arrays.stream(files().listStatus(journals)).forEach(run -> runs.add(run.getPath().getName()));
    }
    return runs;
  }

  private List<String> namesBelow(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    for (FileStatus status : files().listStatus(folder)) {
      if (status.isDirectory()) {
        names.addAll(namesBelow(status.getPath()));
      } else {
        names.add(status.getPath().getName());
      }
    }
    return names;
  }

  private void assertEachPromptOnce(Path folder, long prompts) {
    for (ReckonTable table : List.of(ReckonTable.ANSWERS, ReckonTable.REASONING_TRACES)) {
      Dataset<Row> rows = read(folder, table);
      assertThat(rows.count()).isEqualTo(prompts);
      assertThat(rows.select("prompt_id").distinct().count()).isEqualTo(prompts);
    }
  }

  private Dataset<Row> read(Path folder, ReckonTable table) {
    hadoop();
    return OutputFolder.at(TestSpark.session(), new Path(folder, "out").toString()).read(table);
  }

  private long version(Path folder, ReckonTable table) {
    String path = new Path(folder, "out/" + table.folder()).toString();
    return DeltaTable.forPath(TestSpark.session(), path)
        .history(1)
        .select("version")
        .head()
        .getLong(0);
  }
}
