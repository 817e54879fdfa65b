package io.reckon.udfs;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.reckon.engine.api.EngineCounters;
import io.reckon.engine.common.Threads;
import io.reckon.udfs.watch.ExecutorReport;
import io.reckon.udfs.watch.GenerationCount;
import io.reckon.udfs.watch.GenerationMeter;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.resource.ResourceInformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts this executor's engine, reports what it makes, closes it at the end. */
final class ReckonExecutorPlugin implements ExecutorPlugin {
  private static final Logger LOG = LoggerFactory.getLogger(ReckonExecutorPlugin.class);
  private static final long REPORT_MILLIS = 1000;

  private final ScheduledExecutorService background =
      Executors.newScheduledThreadPool(2, Threads.daemons("reckon-executor"));
  private PluginContext context;
  private String gpuAddress = Placement.NO_GPU;
  // In local mode an earlier application of this JVM may have made some.
  private final GenerationCount madeBefore = GenerationMeter.read();
  private final long sampledBefore = ExecutorEngine.sampledTokens();
  // Touched by the reporting thread, and at shutdown once that thread has ended.
  private ExecutorReport lastReport;

  @Override
  public void init(PluginContext pluginContext, Map<String, String> extraConf) {
    context = pluginContext;
    takeGpus(context.resources().get("gpu"));
    registerGauges(context.metricRegistry());
    startEngine(context.conf());
    var unused =
        background.scheduleWithFixedDelay(
            this::report, REPORT_MILLIS, REPORT_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void shutdown() {
    background.shutdownNow();
    PartitionTask.flushAll();
    report();
    ExecutorEngine.close();
  }

  private void takeGpus(ResourceInformation gpus) {
    List<String> addresses = gpus == null ? List.of() : List.of(gpus.addresses());
    ExecutorEngine.offerAddresses(addresses);
    gpuAddress = addresses.isEmpty() ? Placement.NO_GPU : addresses.get(0);
    LOG.info("Executor {} holds GPU addresses {}", context.executorID(), addresses);
  }

  /** In the background, since Spark counts the time of an executor's start. */
  private void startEngine(SparkConf conf) {
    if (GpuStage.isOn(conf) && gpuAddress.equals(Placement.NO_GPU)) {
      return; // The model runs elsewhere.
    }
    ReckonSparkConf.engine(conf).ifPresent(settings -> background.execute(() -> load(settings)));
  }

  /** A failure here is only told: the first task meets it again and fails with it. */
  private static void load(EngineSettings settings) {
    try (EngineLease lease = ExecutorEngine.lease(settings, ExecutorEngine.local())) {
      LOG.debug("The engine {} is ready before the first task", lease.engine().model().name());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("The engine did not start with the executor; the first task tries again", e);
    }
  }

  private void report() {
    EngineCounters counters = ExecutorEngine.counters();
    ExecutorReport report =
        new ExecutorReport(
            context.executorID(),
            gpuAddress,
            ExecutorEngine.description(),
            ExecutorEngine.loads(),
            made(),
            ExecutorEngine.sampledTokens() - sampledBefore,
            counters.running(),
            counters.waiting(),
            counters.evictions(),
            counters.pauses());
    if (report.equals(lastReport)) {
      return;
    }
    try {
      context.send(report);
      lastReport = report;
    } catch (IOException | RuntimeException e) {
      LOG.debug("A report did not reach the driver; the next one holds its counts", e);
    }
  }

  private GenerationCount made() {
    return GenerationMeter.read().minus(madeBefore);
  }

  private void registerGauges(MetricRegistry registry) {
    register(registry, "rows", () -> made().rows());
    register(registry, "failedRows", () -> made().failedRows());
    register(registry, "promptTokens", () -> made().promptTokens());
    register(registry, "cachedTokens", () -> made().cachedTokens());
    register(registry, "generatedTokens", () -> made().generatedTokens());
    register(registry, "engineLoads", () -> (long) ExecutorEngine.loads());
    register(registry, "requestsRunning", () -> (long) ExecutorEngine.counters().running());
    register(registry, "requestsWaiting", () -> (long) ExecutorEngine.counters().waiting());
    register(registry, "pauses", () -> ExecutorEngine.counters().pauses());
    register(registry, "draftedTokens", () -> ExecutorEngine.counters().draftedTokens());
    register(registry, "acceptedTokens", () -> ExecutorEngine.counters().acceptedTokens());
    register(registry, "cachePages", () -> (long) ExecutorEngine.counters().pages());
    register(registry, "cachePagesHeld", () -> (long) ExecutorEngine.counters().pagesHeld());
    register(registry, "cacheEvictions", () -> ExecutorEngine.counters().evictions());
  }

  private static void register(MetricRegistry registry, String name, Gauge<Long> gauge) {
    registry.register(name, gauge);
  }
}
