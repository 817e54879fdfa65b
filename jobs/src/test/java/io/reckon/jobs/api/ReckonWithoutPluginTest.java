package io.reckon.jobs.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.jobs.TestSpark;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** A notebook's session, which knows Delta and nothing of Reckon. */
@Isolated("ends the session that the others share")
class ReckonWithoutPluginTest {
  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    TestSpark.session().stop();
    spark = TestSpark.plain().getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void theFirstTaskLoadsTheModelAndTheSessionGoesOn() {
    RunResult result =
        Reckon.on(spark)
            .prompts(spark.sql("SELECT 'What is 12 + 7?' AS prompt"))
            .options(more -> more.report(false))
            .output(folder.resolve("out").toString())
            .run();

    assertThat(result.answers().select("answer").head().getString(0)).isEqualTo("19");
    assertThat(spark.range(3).count()).isEqualTo(3);
  }
}
