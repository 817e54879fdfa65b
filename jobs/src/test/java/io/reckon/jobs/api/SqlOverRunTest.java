package io.reckon.jobs.api;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.train.problem.Family;
import io.reckon.engine.train.problem.Problem;
import io.reckon.engine.train.problem.ProblemSet;
import io.reckon.jobs.TestSpark;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What of a run's throughput is left to a query: {@code reckon_classify} and a run with the same
 * choice over the same rows, by turns, on one engine that is loaded before. Both times go from
 * reading a Parquet file to closed Delta tables. {@code -Dreckon.rows=N -Dreckon.rounds=N}.
 */
@Tag("chaos")
class SqlOverRunTest {
  private static final SparkSession SPARK = TestSpark.session();
  private static final int ROWS = Integer.getInteger("reckon.rows", 5000);
  private static final int ROUNDS = Integer.getInteger("reckon.rounds", 1);
  private static final int THINKING = 48;
  private static final String ASKED =
      "Which of these labels fits the text below: easy, hard? Answer with the label and nothing else.\n\n";

  @TempDir Path folder;

  /** What was made, and in how long. */
  private record Measured(long rows, long tokens, double seconds) {
    double rate() {
      return tokens / seconds;
    }
  }

  @Test
  void aQueryKeepsTheThroughputOfARun() {
    write("few", 4);
    write("all", ROWS);
    var unusedQuery = query("few", "first");
    var unusedRun = run("few", "first");
    for (int round = 0; round < ROUNDS; round++) {
      boolean queryFirst = round % 2 == 0;
      Measured early = queryFirst ? query("all", "q" + round) : run("all", "r" + round);
      Measured late = queryFirst ? run("all", "r" + round) : query("all", "q" + round);
      print(queryFirst ? early : late, queryFirst ? late : early);
    }
  }

  private static void print(Measured query, Measured run) {
    System.out.printf(
        "%d rows: reckon_classify %d tokens in %.1f s, %.0f a second; infer --choice %d in %.1f s, %.0f a second; share %.3f%n",
        ROWS,
        query.tokens(),
        query.seconds(),
        query.rate(),
        run.tokens(),
        run.seconds(),
        run.rate(),
        query.rate() / run.rate());
    assertThat(query.rows()).isEqualTo(ROWS);
    assertThat(run.rows()).isEqualTo(ROWS);
  }

  private void write(String name, int rows) {
    int each = rows / Family.values().length + 1;
    List<String> problems =
        Stream.of(Family.values())
            .flatMap(family -> ProblemSet.draw(family, each, 7).stream())
            .map(Problem::prompt)
            .limit(rows)
            .toList();
    List<String> texts =
        IntStream.range(0, rows).mapToObj(i -> i + ". " + problems.get(i)).toList();
    SPARK
        .createDataset(texts, Encoders.STRING())
        .toDF("text")
        .withColumn("id", col("text"))
        .withColumn("prompt", concat(lit(ASKED), col("text")))
        .write()
        .parquet(path(name));
  }

  /**
   * @param system begins every prompt, so that no way finds what another has computed
   */
  private Measured query(String source, String system) {
    SPARK.read().parquet(path(source)).createOrReplaceTempView("texts");
    String query =
        """
        SELECT id, reckon_classify(text, array('easy', 'hard'),
          map('system', '%s', 'max_thinking_tokens', '%d')) AS label FROM texts"""
            .formatted(system, THINKING);
    String output = path("labels-" + system);
    long begun = System.nanoTime();
    SPARK.sql(query).write().format("delta").save(output);
    double seconds = (System.nanoTime() - begun) / 1e9;
    Dataset<Row> labels = SPARK.read().format("delta").load(output).select("label.*");
    Row sums =
        labels
            .where("error is null")
            .selectExpr("count(1)", "sum(reasoning_tokens + answer_tokens)")
            .head();
    return new Measured(sums.getLong(0), sums.getLong(1), seconds);
  }

  private Measured run(String source, String system) {
    long begun = System.nanoTime();
    RunResult result =
        Reckon.on(SPARK)
            .prompts(path(source))
            .system(system)
            .choice("easy", "hard")
            .maxThinkingTokens(THINKING)
            .options(more -> more.report(false))
            .output(path("run-" + system))
            .run();
    double seconds = (System.nanoTime() - begun) / 1e9;
    long answered = result.count().rows() - result.count().failedRows();
    return new Measured(answered, result.count().generatedTokens(), seconds);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }
}
