package io.reckon.jobs.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.jobs.TestSpark;
import io.reckon.jobs.UserError;
import io.reckon.jobs.plan.PlanFigures;
import java.nio.file.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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

  @TempDir static Path shared;
  private static RunResult labels;

  @TempDir Path folder;

  /** Once for several tests, in the job group of a notebook's cell. */
  @BeforeAll
  static void label() {
    SPARK.sparkContext().setJobGroup("cell-7", "a notebook's cell", false);
    labels = labelling(shared).run();
  }

  @AfterAll
  static void endCell() {
    SPARK.sparkContext().clearJobGroup();
  }

  @Test
  void aDataFrameGetsLabelsWithTheirReasoning() {
    assertThat(labels.answers().select("prompt_id", "answer").collectAsList())
        .extracting(Row::toString)
        .containsExactlyInAnyOrder("[1,incorrect]", "[2,correct]");
    assertThat(labels.traces().where("length(reasoning) > 5").count()).isEqualTo(2);
    assertThat(labels.count().rows()).isEqualTo(2);
    assertThat(labels.count().failedRows()).isZero();
    String itself = "source = 'DataFrame' and run_id = '%s'".formatted(labels.summary().runId());
    assertThat(labels.runs().where(itself).count()).isEqualTo(1);
  }

  @Test
  void aSecondRunGeneratesNothingAndGivesTheSameAnswers() {
    RunResult second = labelling(shared).run();

    assertThat(second.count().rows()).isZero();
    assertThat(second.answers().collectAsList())
        .containsExactlyInAnyOrderElementsOf(labels.answers().collectAsList());
  }

  @Test
  void aPlanSaysWhatARunWouldDoAndWritesNothing() {
    PlanFigures plan = labelling(folder).plan();

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
            .options(more -> more.report(false))
            .output(folder.resolve("out").toString())
            .run();

    assertThat(result.answers().count()).isEqualTo(3);
    assertThat(result.votes().select("vote_share").head().getDouble(0)).isGreaterThan(0.6);
  }

  @Test
  void leavesTheSessionAsItWas() {
    SparkContext context = SPARK.sparkContext();
    assertThat(context.isStopped()).isFalse();
    assertThat(context.getLocalProperty("spark.jobGroup.id")).isEqualTo("cell-7");
    assertThat(context.getLocalProperty("spark.job.description")).isEqualTo("a notebook's cell");
    assertThat(context.getLocalProperty("spark.job.tags")).isNullOrEmpty();
    assertThat(CLAIMS.storageLevel()).isEqualTo(StorageLevel.NONE());
  }

  @Test
  void whatTheCallerHasCachedStaysCached() {
    Dataset<Row> cached = CLAIMS.where("id = 2").cache();

    assertThat(labelling(folder).prompts(cached).plan().generations()).isEqualTo(1);

    assertThat(cached.storageLevel()).isNotEqualTo(StorageLevel.NONE());
    cached.unpersist();
  }

  @Test
  void whatIsWrongIsToldInOneLineBeforeAnythingIsWritten() {
    assertRefused(
        Reckon.on(SPARK), "no prompts are given; call prompts with a DataFrame or a path");
    assertRefused(
        labelling(folder).promptColumn("text"), "there is no column 'text'; give --prompt-column");
    assertRefused(labelling(folder).temperature(-1), "temperature is -1.0; give a number from 0");
    assertRefused(labelling(folder).maxThinkingTokens(0), "max-thinking-tokens is 0");
    assertRefused(labelling(folder).choice(), "choice is []; give texts to choose from");
    assertRefused(labelling(folder).regex("("), "the regular expression '(' has a (");
    assertRefused(labelling(folder).samples(0), "--samples is 0; give 1 or more");
    assertRefused(labelling(folder).model("/no/such/model"), "/no/such/model");
    assertRefused(labelling(folder).prompts("/no/such/file.csv"), "/no/such/file.csv");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  private static void assertRefused(Reckon run, String reason) {
    assertThatThrownBy(run::run)
        .isInstanceOf(UserError.class)
        .hasMessageContaining(reason)
        .message()
        .doesNotContain("\n");
  }

  private static Reckon labelling(Path folder) {
    return Reckon.on(SPARK)
        .prompts(CLAIMS)
        .promptColumn("claim")
        .choice("correct", "incorrect")
        .options(more -> more.report(false))
        .output(folder.resolve("out").toString());
  }
}
