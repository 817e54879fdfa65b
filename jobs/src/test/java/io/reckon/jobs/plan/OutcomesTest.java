package io.reckon.jobs.plan;

import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.jobs.TestSpark;
import io.reckon.udfs.GenerationRow;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class OutcomesTest {
  private static final StructType ANSWERS =
      new StructType()
          .add("prompt_id", StringType)
          .add("request_key", StringType)
          .add("sample", IntegerType)
          .add("error", GenerationRow.ERROR)
          .add("model_fingerprint", StringType)
          .add("run_id", StringType)
          .add("generated_at", LongType);

  private static final Dataset<Row> SOME =
      TestSpark.session()
          .createDataFrame(
              List.of(
                  answer("answered", null, "f1", "run1", 1),
                  answer("shaky", "ENGINE_FAILED", "f1", "run1", 1),
                  answer("bad", "PROMPT_TOO_LONG", "f1", "run1", 1),
                  answer("healed", "ENGINE_FAILED", "f1", "run1", 1),
                  answer("healed", null, "f1", "run2", 2),
                  answer("worsened", "ENGINE_FAILED", "f1", "run2", 2),
                  answer("worsened", null, "f1", "run1", 1),
                  answer("others", null, "f2", "run1", 1)),
              ANSWERS);

  @Test
  void theNewestRowSaysWhetherAnOutcomeStands() {
    assertThat(kept(Rerun.TRANSIENT, "run3")).containsExactly("answered", "bad", "healed");
    assertThat(kept(Rerun.FAILED, "run3")).containsExactly("answered", "healed");
    assertThat(kept(Rerun.ALL, "run3")).isEmpty();
    assertThat(kept(Rerun.NONE, "run3"))
        .containsExactly("answered", "bad", "healed", "shaky", "worsened");
  }

  @Test
  void whatARunHasMadeItselfStandsWhateverItIs() {
    assertThat(kept(Rerun.ALL, "run2")).containsExactly("healed", "worsened");
  }

  private static List<String> kept(Rerun rerun, String runId) {
    return Outcomes.of(SOME, "f1", rerun, runId)
        .where("kept")
        .select("prompt_id")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  private static Row answer(String id, String code, String model, String run, long time) {
    Row error = code == null ? null : RowFactory.create(code, "why");
    return RowFactory.create(id, "key", 0, error, model, run, time);
  }
}
