package io.reckon.udfs.sql;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.udfs.FakeEngines;
import io.reckon.udfs.ReckonSparkConf;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With an executor of its own process, that has no GPU. */
class SqlGpuStageTest {
  private static final String SPARK_HOME = "spark.test.home";
  private static final String TESTING = "spark.testing";

  @Test
  void aCallThatIsMadeRowByRowLoadsNoModelOnAnExecutorWithoutAGpu(@TempDir Path home)
      throws Exception {
    // What Spark's launcher looks for; the classes are the extra class path's.
    Files.createDirectory(home.resolve("jars"));
    Files.createDirectories(home.resolve("launcher/target/scala-2.13"));
    System.setProperty(SPARK_HOME, home.toString());
    System.setProperty(TESTING, "true");
    try (SparkSession spark =
        SparkSession.builder()
            .master("local-cluster[1,1,1024]")
            .config("spark.ui.enabled", "false")
            .config("spark.executor.memory", "512m")
            .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .config(ReckonSparkConf.GPU_STAGE, "true")
            .getOrCreate()) {
      ReckonFunctions.register(spark, new FakeEngines(1));

      assertThatThrownBy(() -> spark.range(1).selectExpr("reckon('p' || id)").collectAsList())
          .hasMessageContaining("spark.reckon.gpuStage gives the model executors with a GPU")
          .hasMessageContaining("write reckon(CASE WHEN c THEN p END) for");
    } finally {
      System.clearProperty(SPARK_HOME);
      System.clearProperty(TESTING);
    }
  }
}
