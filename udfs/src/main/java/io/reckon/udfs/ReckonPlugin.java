package io.reckon.udfs;

import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Named in {@code spark.plugins}: starts each executor's engine with the executor, closes it with
 * it, and counts on the driver what all of them make. Jobs run without it too; their first task
 * then loads the engine.
 *
 * <p>Where {@code spark.reckon.model} is set the engine is loaded early; see {@link
 * ReckonSparkConf} for all keys.
 */
public final class ReckonPlugin implements SparkPlugin {
  @Override
  public DriverPlugin driverPlugin() {
    return new ReckonDriverPlugin();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ReckonExecutorPlugin();
  }
}
