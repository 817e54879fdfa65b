package io.reckon.udfs.watch;

import io.reckon.udfs.watch.ClusterHistory.Moment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToLongFunction;

/** The driver's count of what its executors have made, by their reports; safe for any thread. */
public final class ClusterCount {
  private static final AtomicReference<ClusterCount> CURRENT = new AtomicReference<>();
  private static final ClusterHistory NOTHING = new ClusterHistory();

  /** Executors that come and go are counted for ever; how they did over time is told of so many. */
  private static final int MOST_HISTORIES = 64;

  private final Map<String, ExecutorReport> latest = new ConcurrentHashMap<>();
  private final Set<String> gone = ConcurrentHashMap.newKeySet();
  private final Map<String, ClusterHistory> histories = new ConcurrentHashMap<>();
  private final ClusterHistory history = new ClusterHistory();
  private final AtomicReference<RunWatch> watched = new AtomicReference<>();
  private final long startNanos = System.nanoTime();

  /** This driver's count; empty where {@code spark.plugins} doesn't name Reckon's plugin. */
  public static Optional<ClusterCount> current() {
    return Optional.ofNullable(CURRENT.get());
  }

  /** Makes a count this driver's. */
  public static void publish(ClusterCount count) {
    CURRENT.set(count);
  }

  /** Ends what {@link #publish} began; does nothing where another is this driver's by now. */
  public static void withdraw(ClusterCount count) {
    CURRENT.compareAndSet(count, null);
  }

  /** Takes an executor's report in the place of the one before. */
  public void add(ExecutorReport report) {
    latest.compute(
        report.executorId(), (id, earlier) -> gone.contains(id) ? report.atTheEnd() : report);
  }

  /** Says that an executor is gone: what it has made counts on, what it was about doesn't. */
  public void removed(String executorId) {
    gone.add(executorId); // First: its last report may still be on its way.
    latest.computeIfPresent(executorId, (id, report) -> report.atTheEnd());
  }

  /** Notes down how all stands; called about once a second. */
  public void look() {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    for (ExecutorReport report : latest.values()) {
      if (histories.size() < MOST_HISTORIES || histories.containsKey(report.executorId())) {
        histories
            .computeIfAbsent(report.executorId(), id -> new ClusterHistory())
            .add(report.at(seconds));
      }
    }
    history.add(
        new Moment(
            seconds,
            total(),
            sampledTokens(),
            (int) sum(ExecutorReport::running),
            (int) sum(ExecutorReport::waiting)));
  }

  /**
   * Says that a run generates from now on, until the watch is closed.
   *
   * @param rows how many it is to generate
   */
  public RunWatch watch(String runId, long rows) {
    RunWatch watch = new RunWatch(this, runId, rows);
    watched.set(watch);
    return watch;
  }

  void ended(RunWatch watch) {
    watched.compareAndSet(watch, null);
  }

  /** The run that generates now, the latest of several. */
  public Optional<RunWatch> watched() {
    return Optional.ofNullable(watched.get());
  }

  /** How it went, over all executors. */
  public ClusterHistory history() {
    return history;
  }

  /** How it went on an executor; empty where too many have come and gone. */
  public ClusterHistory history(String executorId) {
    return histories.getOrDefault(executorId, NOTHING);
  }

  /** Tokens that all engines have written, those of rows that have not ended included. */
  public long sampledTokens() {
    return sum(ExecutorReport::sampledTokens);
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

  /** A figure of all executors' latest reports, those of executors that are gone included. */
  public long sum(ToLongFunction<ExecutorReport> figure) {
    return latest.values().stream().mapToLong(figure).sum();
  }

  /** The latest report of each executor that has sent one. */
  public List<ExecutorReport> executors() {
    return List.copyOf(latest.values());
  }
}
