package io.reckon.jobs;

import io.reckon.udfs.ReckonPlugin;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** The one local session of a test JVM; a failed task is tried twice more. */
public final class TestSpark {
  private TestSpark() {}

  public static SparkSession session() {
    return plain()
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
        .config("spark.databricks.delta.snapshotPartitions", "2")
        .config("spark.sql.sources.parallelPartitionDiscovery.parallelism", "2");
  }
}
