package io.reckon.jobs.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.jobs.TestSpark;
import io.reckon.jobs.UserError;
import io.reckon.jobs.plan.PlanFigures;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs from a program, in a session that is there before and after; the built-in model. */
class ReckonTest {
  private static final SparkSession SPARK = TestSpark.session();
  private static final Dataset<Row> CLAIMS =
      SPARK.sql(
          """
          SELECT * FROM VALUES
            (1, 'Someone was asked: 16 * 55 = They answered 980. Is that right?'),
            (2, 'Someone was asked: 12 + 7 = They answered 19. Is that right?')
            AS claims(id, claim)""");

  @TempDir Path folder;

  @Test
  void aDataFrameGetsLabelsWithTheirReasoning() {
    RunResult labels = labelling().run();

    assertThat(texts(labels.answers().select("prompt_id", "answer")))
        .containsExactlyInAnyOrder("1 incorrect", "2 correct");
    assertThat(labels.traces().where("length(reasoning) > 5").count()).isEqualTo(2);
    assertThat(labels.count().rows()).isEqualTo(2);
    assertThat(labels.count().failedRows()).isZero();
    assertThat(labels.runs().select("run_id", "source").collectAsList())
        .extracting(row -> row.getString(0) + " " + row.getString(1))
        .containsExactly(labels.summary().runId() + " DataFrame");
  }

  @Test
  void aSecondRunGeneratesNothingAndGivesTheSameAnswers() {
    RunResult first = labelling().run();
    RunResult second = labelling().run();

    assertThat(second.count().rows()).isZero();
    assertThat(second.answers().collectAsList())
        .containsExactlyInAnyOrderElementsOf(first.answers().collectAsList());
    assertThat(second.runs().count()).isEqualTo(2);
  }

  @Test
  void aPlanSaysWhatARunWouldDoAndWritesNothing() {
    PlanFigures plan = labelling().plan();

    assertThat(plan.generations()).isEqualTo(2);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void samplesVote() {
    RunResult result =
        Reckon.on(SPARK)
            .prompts(CLAIMS.where("id = 1"))
            .promptColumn("claim")
            .choice("correct", "incorrect")
            .noThinking()
            .sampling(tokens -> tokens.temperature(2).seed(3))
            .samples(3)
            .vote()
            .output(output())
            .run();

    assertThat(result.answers().count()).isEqualTo(3);
    assertThat(result.votes().select("vote_share").head().getDouble(0)).isGreaterThan(0.6);
  }

  @Test
  void leavesTheSessionAsItWas() {
    SPARK.sparkContext().setJobGroup("cell-7", "a notebook's cell", false);
    try {
      var unused = labelling().run();

      assertThat(SPARK.sparkContext().getLocalProperty("spark.jobGroup.id")).isEqualTo("cell-7");
      assertThat(SPARK.sparkContext().getLocalProperty("spark.job.description"))
          .isEqualTo("a notebook's cell");
      assertThat(SPARK.sparkContext().getLocalProperty("spark.job.tags")).isNullOrEmpty();
      assertThat(SPARK.sparkContext().isStopped()).isFalse();
      assertThat(CLAIMS.storageLevel()).isEqualTo(StorageLevel.NONE());
    } finally {
      SPARK.sparkContext().clearJobGroup();
    }
  }

  @Test
  void whatTheCallerHasCachedStaysCached() {
    Dataset<Row> cached = CLAIMS.where("id = 2").cache();

    var unused = labelling().prompts(cached).run();

    assertThat(cached.storageLevel()).isNotEqualTo(StorageLevel.NONE());
    cached.unpersist();
  }

  @Test
  void whatIsWrongIsToldInOneLineBeforeAnythingIsWritten() {
    assertRefused(
        Reckon.on(SPARK), "no prompts are given; call prompts with a DataFrame or a path");
    assertRefused(
        labelling().promptColumn("text"), "there is no column 'text'; give --prompt-column");
    assertRefused(labelling().temperature(-1), "temperature is -1.0; give a number from 0");
    assertRefused(labelling().maxThinkingTokens(0), "max-thinking-tokens is 0");
    assertRefused(labelling().choice(), "choice is []; give texts to choose from");
    assertRefused(labelling().regex("("), "the regular expression '(' has a (");
    assertRefused(labelling().samples(0), "--samples is 0; give 1 or more");
    assertRefused(labelling().model("/no/such/model"), "/no/such/model");
    assertRefused(labelling().prompts("/no/such/file.csv"), "/no/such/file.csv");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  private static void assertRefused(Reckon run, String reason) {
    assertThatThrownBy(run::run)
        .isInstanceOf(UserError.class)
        .hasMessageContaining(reason)
        .message()
        .doesNotContain("\n");
  }

  private Reckon labelling() {
    return Reckon.on(SPARK)
        .prompts(CLAIMS)
        .promptColumn("claim")
        .choice("correct", "incorrect")
        .output(output());
  }

  private String output() {
    return folder.resolve("out").toString();
  }

  private static Set<String> texts(Dataset<Row> rows) {
    List<Row> all = rows.collectAsList();
    return all.stream().map(row -> row.mkString(" ")).collect(Collectors.toSet());
  }
}
