package io.reckon.udfs;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.reckon.engine.common.Threads;
import io.reckon.udfs.ui.ReckonUi;
import io.reckon.udfs.watch.ClusterCount;
import io.reckon.udfs.watch.ExecutorReport;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/**
 * Adds up what the executors report, and publishes it: as the driver's metrics, and as a page of
 * its web interface.
 */
final class ReckonDriverPlugin implements DriverPlugin {
  private static final long LOOK_MILLIS = 1000;

  private final ClusterCount cluster = new ClusterCount();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(Threads.daemons("reckon-history"));

  @Override
  public Map<String, String> init(SparkContext sparkContext, PluginContext context) {
    // Bad keys end the application here, with their names, and not once for each executor.
    ReckonSparkConf.engine(context.conf());
    ClusterCount.publish(cluster);
    var unused =
        clock.scheduleWithFixedDelay(
            cluster::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    sparkContext.addSparkListener(new Removals());
    ReckonUi.attach(sparkContext, cluster);
    return Map.of();
  }

  @Override
  public void registerMetrics(String appId, PluginContext context) {
    MetricRegistry registry = context.metricRegistry();
    register(registry, "rows", () -> cluster.total().rows());
    register(registry, "failedRows", () -> cluster.total().failedRows());
    register(registry, "promptTokens", () -> cluster.total().promptTokens());
    register(registry, "cachedTokens", () -> cluster.total().cachedTokens());
    register(registry, "generatedTokens", () -> cluster.total().generatedTokens());
    register(registry, "engines", () -> (long) cluster.engineLoads());
    register(registry, "pauses", () -> cluster.sum(ExecutorReport::pauses));
    register(registry, "cacheEvictions", () -> cluster.sum(ExecutorReport::evictions));
  }

  @Override
  public Object receive(Object message) {
    if (message instanceof ExecutorReport report) {
      cluster.add(report);
    }
    return null;
  }

  @Override
  public void shutdown() {
    clock.shutdownNow();
    ClusterCount.withdraw(cluster);
  }

  /** An executor that is lost can't say that it has no requests any more. */
  private final class Removals extends SparkListener {
    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved removal) {
      cluster.removed(removal.executorId());
    }
  }

  private static void register(MetricRegistry registry, String name, Gauge<Long> gauge) {
    registry.register(name, gauge);
  }
}
