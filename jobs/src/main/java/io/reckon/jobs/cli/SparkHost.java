package io.reckon.jobs.cli;

import io.reckon.udfs.EngineSettings;
import io.reckon.udfs.ReckonPlugin;
import io.reckon.udfs.ReckonSparkConf;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * The Spark that a command runs on: the session that the host has open (Databricks, a notebook), or
 * the one that spark-submit describes, or this machine's cores. Closing it stops the session only
 * where this class has made it.
 */
final class SparkHost implements AutoCloseable {
  /** Delta's own, wherever the host has not said otherwise. */
  private static final Map<String, String> DELTA =
      Map.of(
          "spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension",
          "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog");

  /**
   * What lets a run outlive its executors: an engine that dies takes its executor along, and a row
   * that kills engines is found out after a few, so Spark must not give up before. Fair scheduling
   * lets commits go on beside the generating.
   */
  private static final Map<String, String> UNATTENDED =
      Map.of(
          "spark.scheduler.mode", "FAIR",
          "spark.task.maxFailures", "100",
          "spark.stage.maxConsecutiveAttempts", "100",
          "spark.executor.maxNumFailures", "1000",
          "spark.excludeOnFailure.enabled", "false");

  /** One machine: no web page, no network, no more partitions than its cores need. */
  private static final Map<String, String> LAPTOP =
      Map.of(
          "spark.master", "local[*]",
          "spark.ui.enabled", "false",
          "spark.driver.host", "localhost",
          "spark.driver.bindAddress", "127.0.0.1",
          "spark.sql.shuffle.partitions", "4",
          "spark.databricks.delta.snapshotPartitions", "2",
          "spark.sql.warehouse.dir", System.getProperty("java.io.tmpdir") + "/reckon-warehouse");

  private final SparkSession session;
  private final boolean owned;

  private SparkHost(SparkSession session, boolean owned) {
    this.session = session;
    this.owned = owned;
  }

  /** A session for reading tables. */
  static SparkHost open() {
    return open(Map.of(), false);
  }

  /** A session whose executors, if they start with it, load this engine at once. */
  static SparkHost open(EngineSettings engine) {
    return open(ReckonSparkConf.of(engine), true);
  }

  private static SparkHost open(Map<String, String> engine, boolean answers) {
    if (SparkSession.getDefaultSession().isDefined()) {
      return new SparkHost(SparkSession.getDefaultSession().get(), false);
    }
    SparkConf conf = new SparkConf();
    if (!conf.contains("spark.master")) {
      setIfMissing(conf, LAPTOP);
      if (answers) {
        conf.setIfMissing("spark.plugins", ReckonPlugin.class.getName());
      }
    }
    setIfMissing(conf, DELTA);
    setIfMissing(conf, UNATTENDED);
    setIfMissing(conf, engine);
    conf.setIfMissing("spark.app.name", "reckon");
    return new SparkHost(SparkSession.builder().config(conf).getOrCreate(), true);
  }

  SparkSession session() {
    return session;
  }

  @Override
  public void close() {
    if (owned) {
      session.stop();
    }
  }

  private static void setIfMissing(SparkConf conf, Map<String, String> values) {
    values.forEach(conf::setIfMissing);
  }
}
