package io.reckon.jobs;

import io.delta.storage.LocalLogStore;
import io.reckon.udfs.ReckonPlugin;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** The one local session of a test JVM; a failed task is tried twice more. */
public final class TestSpark {
  /**
   * Queries over a few rows take longest to compile and to plan anew, so they are interpreted as
   * first planned. Spark's defaults hold in {@link #asShipped} and so in the notebooks.
   */
  public static final Map<String, String> QUICK =
      Map.of(
          "spark.sql.adaptive.enabled", "false",
          "spark.sql.codegen.wholeStage", "false",
          "spark.sql.codegen.factoryMode", "NO_CODEGEN");

  private static final Map<String, String> SHIPPED =
      Map.of(
          "spark.sql.adaptive.enabled", "true",
          "spark.sql.codegen.wholeStage", "true",
          "spark.sql.codegen.factoryMode", "FALLBACK");

  private TestSpark() {}

  /** Another session of the same context, with Spark's own ways of running a query. */
  public static SparkSession asShipped() {
    SparkSession session = session().newSession();
    SHIPPED.forEach(session.conf()::set);
    return session;
  }

  public static SparkSession session() {
    SparkSession.Builder builder = plain();
    QUICK.forEach(builder::config);
    return builder
        .config("spark.scheduler.mode", "FAIR")
        .config("spark.plugins", ReckonPlugin.class.getName())
        .config("spark.reckon.journal.delay", "300ms")
        .config("spark.reckon.commit.interval", "2s")
        .getOrCreate();
  }

  /** A session without the plugin; takes effect where no session has been started. */
  public static SparkSession.Builder plain() {
    return SparkSession.builder()
        .master("local[2,3]")
        .config("spark.ui.port", "0")
        .config("spark.driver.host", "localhost")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config(
            "spark.sql.extensions",
            "io.delta.sql.DeltaSparkSessionExtension,io.reckon.udfs.sql.ReckonExtensions")
        .config(
            "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config("spark.sql.warehouse.dir", Path.of("target/warehouse").toAbsolutePath().toString())
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.databricks.delta.snapshotPartitions", "1")
        .config("spark.sql.sources.parallelPartitionDiscovery.parallelism", "2")
        .config("spark.hadoop.fs.file.impl", NoForkFileSystem.class.getName())
        .config("spark.delta.logStore.file.impl", LocalLogStore.class.getName());
  }
}
