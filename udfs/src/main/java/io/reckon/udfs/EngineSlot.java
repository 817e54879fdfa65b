package io.reckon.udfs;

import io.reckon.engine.api.EngineCounters;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.api.ModelDescription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.spark.TaskKilledException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Room for one engine at a time, and the count of those who use it.
 *
 * <p>Who finds it empty loads the engine; the others wait. An engine that nobody uses stays, and is
 * replaced when other settings are asked for. INVARIANT: an engine is closed only while its count
 * is 0, or after it failed.
 */
final class EngineSlot {
  private static final Logger LOG = LoggerFactory.getLogger(EngineSlot.class);
  private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  private final Duration patience;
  private final Duration stepLimit;
  private final Consumer<String> stuck;
  private final BooleanSupplier killed;
  private final AtomicInteger loads = new AtomicInteger();
  // All below: read and written with the lock held.
  private Occupant occupant;
  // Of the engines that have left.
  private long retiredTokens;

  /** As last counted; for those who find the lock taken. */
  private volatile long countedTokens;

  /**
   * @param patience how long a lease waits for those who keep an engine of other settings and ask
   *     it nothing: a task may be slow to read its rows, or wait for this very lease
   * @param stepLimit how long an engine may go on without ending a step
   * @param stuck is told why an engine was given up; called from the watchdog's thread
   * @param killed whether Spark wants the task of the thread that asks to end
   */
  EngineSlot(
      Duration patience, Duration stepLimit, Consumer<String> stuck, BooleanSupplier killed) {
    this.patience = patience;
    this.stepLimit = stepLimit;
    this.stuck = stuck;
    this.killed = killed;
  }

  /** An engine in the slot; its count of users is guarded by the slot's lock. */
  private static final class Occupant {
    final EngineSettings settings;
    final Placement placement;
    final EngineShare share;
    EngineWatchdog watchdog;
    int users;

    Occupant(EngineSettings settings, Placement placement, EngineShare share) {
      this.settings = settings;
      this.placement = placement;
      this.share = share;
    }

    /** Changes as requests come and end. */
    long progress() {
      EngineCounters counters = share.engine().counters();
      return counters.requests() + counters.failures() + counters.generatedTokens();
    }
  }

  /**
   * @throws EngineException {@code ENGINE_FAILED} where others keep an engine of other settings and
   *     ask it nothing
   * @throws TaskKilledException where the task is to end meanwhile
   */
  EngineLease lease(EngineSettings settings, EngineFactory factory, List<String> addresses)
      throws InterruptedException {
    lock.lockInterruptibly();
    try {
      leaveGivenUp();
      awaitRoomFor(settings);
      if (occupant == null) {
        occupant = load(settings, factory, addresses);
      }
      occupant.users++;
      Occupant leased = occupant;
      return new EngineLease(
          leased.share, leased.placement, () -> release(leased), () -> discard(leased));
    } finally {
      lock.unlock();
    }
  }

  /** Waits for nothing. */
  int loads() {
    return loads.get();
  }

  /** Waits for nothing: while an engine loads there is none to describe. */
  String description() {
    if (!lock.tryLock()) {
      return "";
    }
    try {
      return occupant == null ? "" : describe(occupant.share.engine().model(), occupant.placement);
    } finally {
      lock.unlock();
    }
  }

  /** What the engine has counted; nothing while there is none. */
  EngineCounters counters() {
    if (!lock.tryLock()) {
      return EngineCounters.NONE;
    }
    try {
      return occupant == null ? EngineCounters.NONE : occupant.share.engine().counters();
    } finally {
      lock.unlock();
    }
  }

  /** Tokens that all engines of this slot have written so far. Waits for nothing. */
  long sampledTokens() {
    if (lock.tryLock()) {
      try {
        countedTokens = retiredTokens + (occupant == null ? 0 : tokensOf(occupant));
      } finally {
        lock.unlock();
      }
    }
    return countedTokens;
  }

  private static long tokensOf(Occupant occupant) {
    return occupant.share.engine().counters().generatedTokens();
  }

  void close() {
    lock.lock();
    try {
      if (occupant != null) {
        evict();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns with the slot empty, or holding an engine of these settings. */
  private void awaitRoomFor(EngineSettings settings) throws InterruptedException {
    long seen = 0;
    long sinceNanos = System.nanoTime();
    while (occupant != null && !occupant.settings.equals(settings)) {
      if (occupant.users == 0) {
        evict();
        return;
      }
      long progress = occupant.progress();
      if (occupant.share.inFlight() > 0 || progress != seen) {
        seen = progress;
        sinceNanos = System.nanoTime();
      } else if (System.nanoTime() - sinceNanos > patience.toNanos()) {
        throw busy(settings);
      }
      requireWanted();
      // Not for long: Spark may kill a task without interrupting its thread.
      var unused = idle.awaitNanos(Math.min(CHECK_NANOS, patience.toNanos()));
    }
  }

  private void requireWanted() {
    if (killed.getAsBoolean()) {
      throw new TaskKilledException("killed while another model's engine is in use");
    }
  }

  private Occupant load(EngineSettings settings, EngineFactory factory, List<String> addresses) {
    Placement placement = Placement.of(settings, addresses, factory::cudaDevices);
    long start = System.nanoTime();
    InferenceEngine engine = factory.open(placement.configuration());
    int number = loads.incrementAndGet();
    LOG.info(
        "Loaded engine {} of this JVM in {} ms: {}",
        number,
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start),
        describe(engine.model(), placement));
    Occupant loaded = new Occupant(settings, placement, new EngineShare(engine));
    loaded.watchdog =
        EngineWatchdog.start(
            engine,
            loaded.share::inFlight,
            settings.stepLimit(stepLimit),
            why -> giveUp(loaded, why));
    return loaded;
  }

  private void release(Occupant leased) {
    lock.lock();
    try {
      leased.users--;
      idle.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes a failed engine out, so that a retry finds an empty slot. */
  private void discard(Occupant failed) {
    lock.lock();
    try {
      if (occupant == failed) {
        LOG.warn("The engine failed; the next task loads a new one");
        evict();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes no lock before it has told: who closes the engine holds it, and waits for it. */
  private void giveUp(Occupant engine, String reason) {
    LOG.error("The engine is given up: {}", reason);
    engine.share.giveUp(reason);
    stuck.accept(reason);
    lock.lock();
    try {
      leaveGivenUp();
    } finally {
      lock.unlock();
    }
  }

  private void leaveGivenUp() {
    if (occupant != null && occupant.share.isGivenUp()) {
      evict();
    }
  }

  private void evict() {
    Occupant leaving = occupant;
    retiredTokens += tokensOf(leaving);
    occupant = null;
    idle.signalAll();
    if (leaving.share.isGivenUp()) {
      return; // Closing it would wait for the step that never ends.
    }
    try {
      leaving.share.engine().close();
    } catch (RuntimeException e) {
      LOG.warn("The engine did not close cleanly", e);
    } finally {
      leaving.watchdog.close(); // Not before: its step may hang now too.
    }
  }

  private EngineException busy(EngineSettings wanted) {
    return new EngineException(
        ErrorCode.ENGINE_FAILED,
        "this executor's engine runs model '%s' (%s) for %d tasks, which have asked it nothing for %d s, and a task asks for model '%s' (%s); an executor holds one engine: run one job after the other, or each in its own application"
            .formatted(
                occupant.settings.model(),
                occupant.settings.mode(),
                occupant.users,
                patience.toSeconds(),
                wanted.model(),
                wanted.mode()));
  }

  private static String describe(ModelDescription model, Placement placement) {
    return "model %s, fingerprint %s, %s on %s, GPU address %s"
        .formatted(
            model.name(),
            model.fingerprint(),
            model.mode(),
            model.device(),
            placement.gpuAddress());
  }
}
