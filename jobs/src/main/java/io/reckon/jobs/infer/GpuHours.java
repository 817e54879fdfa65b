package io.reckon.jobs.infer;

import io.reckon.engine.Threads;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;

/**
 * How long an application has held its GPUs, whatever they did: looks every few seconds at how many
 * executors there are. An executor without GPUs counts as one.
 */
final class GpuHours implements AutoCloseable {
  private static final long PERIOD_SECONDS = 5;
  private static final double NANOS_AN_HOUR = TimeUnit.HOURS.toNanos(1);

  private final SparkContext spark;
  private final int gpusOfAnExecutor;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(Threads.daemons("reckon-gpu-hours"));
  // Both: read and written with this locked.
  private long countedNanos = System.nanoTime();
  private double hours;

  private GpuHours(SparkContext spark) {
    this.spark = spark;
    this.gpusOfAnExecutor =
        Math.max(1, spark.getConf().getInt("spark.executor.resource.gpu.amount", 1));
  }

  /** Counts from now on. */
  static GpuHours start(SparkContext spark) {
    GpuHours hours = new GpuHours(spark);
    var unused =
        hours.clock.scheduleWithFixedDelay(
            hours::total, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
    return hours;
  }

  /** Since the start. */
  synchronized double total() {
    long now = System.nanoTime();
    hours += gpus() * ((now - countedNanos) / NANOS_AN_HOUR);
    countedNanos = now;
    return hours;
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }

  private long gpus() {
    // The driver is among them; in local mode it is the executor.
    int members = spark.getExecutorMemoryStatus().size();
    return (long) gpusOfAnExecutor * (spark.isLocal() ? members : members - 1);
  }
}
