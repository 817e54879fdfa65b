package io.reckon.jobs.infer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.jobs.TestSpark;
import io.reckon.jobs.infer.RunSummary.Accuracy;
import io.reckon.jobs.infer.RunSummary.FamilyAccuracy;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class RunFiguresTest {
  private static final SparkSession SPARK = TestSpark.session();

  @Test
  void familiesBeyondThoseShownCountTogether() {
    Accuracy accuracy = accuracy(107);
    assertThat(accuracy.families())
        .hasSize(100)
        .startsWith(new FamilyAccuracy("", 1, 1, 1, 1), new FamilyAccuracy("f001", 1, 0, 0, 0));
    assertThat(accuracy.moreFamilies()).isEqualTo(7);
    assertThat(accuracy.more()).isEqualTo(new FamilyAccuracy("", 7, 4, 4, 2));
  }

  @Test
  void ofAsManyFamiliesAsAreShownNoneIsLeft() {
    Accuracy accuracy = accuracy(100);
    assertThat(accuracy.families()).hasSize(100);
    assertThat(accuracy.moreFamilies()).isZero();
    assertThat(accuracy.more()).isEqualTo(new FamilyAccuracy("", 0, 0, 0, 0));
  }

  /** Of a prompt a family, the first without a name; each second is right, each fourth's trace. */
  private static Accuracy accuracy(int families) {
    Dataset<Row> rows =
        SPARK
            .range(families)
            .selectExpr(
                "cast(id AS string) AS prompt_id",
                "if(id % 2 = 0, 'yes', 'no') AS answer",
                "if(id % 4 = 0, 'so', 'else') AS reasoning",
                "if(id = 0, null, format_string('f%03d', id)) AS family",
                "'yes' AS expected",
                "'so' AS expected_reasoning");
    return RunFigures.accuracy(
        rows.select("prompt_id", "answer", "reasoning"),
        rows.select("prompt_id", "family", "expected", "expected_reasoning"));
  }
}
