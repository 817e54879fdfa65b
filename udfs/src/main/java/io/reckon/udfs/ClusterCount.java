package io.reckon.udfs;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToLongFunction;

/** The driver's count of what its executors have made, by their latest reports. */
public final class ClusterCount {
  private static final AtomicReference<ClusterCount> CURRENT = new AtomicReference<>();

  private final Map<String, ExecutorReport> latest = new ConcurrentHashMap<>();

  ClusterCount() {}

  /** This driver's count; empty where {@code spark.plugins} doesn't name {@link ReckonPlugin}. */
  public static Optional<ClusterCount> current() {
    return Optional.ofNullable(CURRENT.get());
  }

  static void publish(ClusterCount count) {
    CURRENT.set(count);
  }

  static void withdraw(ClusterCount count) {
    CURRENT.compareAndSet(count, null);
  }

  void add(ExecutorReport report) {
    latest.put(report.executorId(), report);
  }

  /** Made by all executors of this application, those that are gone included. */
  public GenerationCount total() {
    return latest.values().stream()
        .map(ExecutorReport::made)
        .reduce(GenerationCount.ZERO, GenerationCount::plus);
  }

  /** Engines loaded by all executors. */
  public int engineLoads() {
    return latest.values().stream().mapToInt(ExecutorReport::engineLoads).sum();
  }

  /** A figure of all executors' latest reports. */
  long sum(ToLongFunction<ExecutorReport> figure) {
    return latest.values().stream().mapToLong(figure).sum();
  }

  /** The latest report of each executor that has sent one. */
  public List<ExecutorReport> executors() {
    return List.copyOf(latest.values());
  }
}
