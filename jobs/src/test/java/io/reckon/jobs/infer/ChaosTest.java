package io.reckon.jobs.infer;

import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.reckon.engine.train.problem.Family;
import io.reckon.engine.train.problem.Problem;
import io.reckon.engine.train.problem.ProblemSet;
import io.reckon.jobs.BesideOthers;
import io.reckon.jobs.TestSpark;
import io.reckon.jobs.cli.CliProcess;
import io.reckon.jobs.cli.Main;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import io.reckon.udfs.TokenLedger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code infer} on a real cluster of two executors whose processes are killed at random moments.
 * The same command is given again until it ends; its tables must then be those of a run that nobody
 * disturbed.
 */
@BesideOthers
class ChaosTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long SEED = 20_261_123;

  /** The families whose traces are longest. */
  private static final List<Family> LONG =
      List.of(
          Family.ADDITION,
          Family.SUBTRACTION,
          Family.MULTIPLICATION,
          Family.DIVISION,
          Family.EXPRESSION,
          Family.WORD_PROBLEM);

  @TempDir Path folder;
  private final Random random = new Random(SEED);
  private StandaloneCluster cluster;
  private Path ledger;
  private Path prompts;

  @BeforeEach
  void startCluster() throws Exception {
    cluster = StandaloneCluster.start(folder.resolve("cluster"));
    ledger = Files.createDirectory(folder.resolve("ledger"));
  }

  @AfterEach
  void stopCluster() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private enum Victim {
    EXECUTOR,
    DRIVER,
    BOTH
  }

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void twoRoundsOfKillsLeaveTheTablesOfAnUndisturbedRun() throws Exception {
    writePrompts(50, 1);

    disturb(List.of(Victim.EXECUTOR, Victim.BOTH));

    assertSameTables();
  }

  @Test
  @Tag("chaos")
  @Timeout(value = 60, unit = TimeUnit.MINUTES)
  void twelveRoundsOfKillsCostFewTokensTwice() throws Exception {
    int rows = writePrompts(350, 2);
    assertThat(rows).isGreaterThanOrEqualTo(4000);

    disturb(
        random
            .ints(12, 0, Victim.values().length)
            .mapToObj(victim -> Victim.values()[victim])
            .toList());

    double again = tokensAgain();
    System.out.printf("chaos: %.2f %% of the tokens were generated again%n", 100 * again);
    assertSameTables();
    assertThat(again).isBetween(0.0, 0.05);
  }

  /** Runs the command to its end, with a kill for each victim on the way. */
  private void disturb(List<Victim> victims) throws Exception {
    Process driver = infer();
    for (Victim victim : victims) {
      awaitMoment(driver);
      if (victim != Victim.DRIVER) {
        killExecutor();
      }
      if (victim != Victim.EXECUTOR) {
        driver.destroyForcibly().waitFor();
        driver = infer();
      }
    }
    assertThat(driver.waitFor()).as(() -> cluster.log("driver")).isZero();
  }

  /** A random share of what this driver still has to do, and a random time after that. */
  private void awaitMoment(Process driver) throws InterruptedException {
    double share = 0.03 + 0.12 * random.nextDouble();
    int start = done();
    while (done() < Math.max(1, start + share * (all() - start))) {
      assertThat(driver.isAlive()).as(() -> cluster.log("driver")).isTrue();
      TimeUnit.MILLISECONDS.sleep(20);
    }
    TimeUnit.MILLISECONDS.sleep(random.nextInt(500));
  }

  private void killExecutor() throws InterruptedException {
    List<ProcessHandle> executors = cluster.executors();
    while (executors.isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(20);
      executors = cluster.executors();
    }
    executors.get(random.nextInt(executors.size())).destroyForcibly();
  }

  private Process infer() throws IOException {
    return cluster.submit(
        Main.class,
        Map.of(
            "spark.plugins",
            "io.reckon.udfs.ReckonPlugin,io.reckon.udfs.TokenLedger",
            TokenLedger.FOLDER,
            ledger.toString(),
            "spark.reckon.maxRunning",
            "8",
            "spark.reckon.journal.delay",
            "200ms",
            "spark.reckon.commit.interval",
            "2s"),
        command("disturbed"));
  }

  /** The same without a cluster: where a row is answered makes no difference to it. */
  private void inferOnThisMachine(String output) throws Exception {
    Path log = folder.resolve(output + ".log");
    try (CliProcess process = CliProcess.start(log, List.of(), command(output))) {
      assertThat(process.exitCode()).as(process::printed).isZero();
    }
  }

  private String[] command(String output) {
    String folderOfIt = folder.resolve(output).toString();
    return new String[] {
      "infer", "--mode", "int8", "--prompts", prompts.toString(), "--output", folderOfIt
    };
  }

  private int done() {
    return progress(1);
  }

  private int all() {
    return progress(2);
  }

  /** What the driver said last of how far it is: rows done, rows to do. */
  private int progress(int group) {
    List<MatchResult> said =
        Pattern.compile("generating: ([\\d,]+) of ([\\d,]+) answers")
            .matcher(cluster.log("driver"))
            .results()
            .toList();
    return said.isEmpty()
        ? 0
        : Integer.parseInt(said.get(said.size() - 1).group(group).replace(",", ""));
  }

  private void assertSameTables() throws Exception {
    inferOnThisMachine("undisturbed");
    for (ReckonTable table : List.of(ReckonTable.ANSWERS, ReckonTable.REASONING_TRACES)) {
      Dataset<Row> disturbed = comparable(table, "disturbed");
      Dataset<Row> undisturbed = comparable(table, "undisturbed");
      assertThat(disturbed.count()).isEqualTo(undisturbed.count());
      assertThat(disturbed.exceptAll(undisturbed).limit(5).collectAsList()).isEmpty();
      assertThat(disturbed.select("prompt_id").distinct().count()).isEqualTo(disturbed.count());
    }
  }

  private Dataset<Row> comparable(ReckonTable table, String output) {
    Dataset<Row> rows = read(table, output).drop("run_id", "generated_at", "cached_tokens");
    // A map has no order, so Spark compares none; nobody asked for these.
    return rows.drop("top_logprobs");
  }

  /** Tokens that were sampled and are not in the tables, over those that are. */
  private double tokensAgain() throws IOException {
    Row kept =
        read(ReckonTable.ANSWERS, "disturbed")
            .agg(sum("reasoning_tokens"), sum("answer_tokens"), count(lit(1)))
            .head();
    // Each answer has a token that ends it, which is sampled and not counted.
    double inTables = kept.getLong(0) + kept.getLong(1) + kept.getLong(2);
    return TokenLedger.total(ledger) / inTables - 1;
  }

  private Dataset<Row> read(ReckonTable table, String output) {
    return OutputFolder.at(TestSpark.session(), folder.resolve(output).toString()).read(table);
  }

  private int writePrompts(int perFamily, int sets) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int set = 0; set < sets; set++) {
      for (Family family : LONG) {
        for (Problem problem : ProblemSet.draw(family, perFamily, SEED + set)) {
          lines.add(JSON.writeValueAsString(Map.of("prompt", problem.prompt())));
        }
      }
    }
    prompts = Files.write(folder.resolve("prompts.jsonl"), lines);
    return lines.size();
  }
}
