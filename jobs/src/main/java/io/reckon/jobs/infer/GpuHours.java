package io.reckon.jobs.infer;

import io.reckon.engine.common.Threads;
import io.reckon.udfs.ReckonSparkConf;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.status.api.v1.ExecutorSummary;
import scala.jdk.javaapi.CollectionConverters;

/**
 * How long an application has held its GPUs, whatever they did: looks every few seconds at how many
 * executors there are. An executor without GPUs counts as one, where no others have any.
 */
final class GpuHours implements AutoCloseable {
  private static final long PERIOD_SECONDS = 5;
  private static final double NANOS_AN_HOUR = TimeUnit.HOURS.toNanos(1);

  private final SparkContext spark;

  /** What an executor without GPUs counts for. */
  private final long withoutGpu;

  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(Threads.daemons("reckon-gpu-hours"));
  // Both: read and written with this locked.
  private long countedNanos = System.nanoTime();
  private double hours;

  private GpuHours(SparkContext spark) {
    this.spark = spark;
    this.withoutGpu = spark.getConf().getBoolean(ReckonSparkConf.GPU_STAGE, false) ? 0 : 1;
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
    List<ExecutorSummary> members =
        CollectionConverters.asJava(spark.statusStore().executorList(/* activeOnly= */ true));
    return members.stream()
        // In local mode the driver is the executor.
        .filter(member -> spark.isLocal() || !member.id().equals("driver"))
        .mapToLong(this::gpus)
        .sum();
  }

  private long gpus(ExecutorSummary executor) {
    return executor
        .resources()
        .get("gpu")
        .map(held -> (long) held.addresses().length)
        .getOrElse(() -> withoutGpu);
  }
}
