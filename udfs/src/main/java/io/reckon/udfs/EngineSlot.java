package io.reckon.udfs;

import io.reckon.engine.api.EngineCounters;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.api.ModelDescription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
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

  private static final EngineCounters NOTHING =
      new EngineCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  private final Duration patience;
  // All below: read and written with the lock held.
  private Occupant occupant;
  private int loads;

  /**
   * @param patience how long a lease waits for an engine of other settings to fall idle: the last
   *     tasks of a job may end after the next one has begun
   */
  EngineSlot(Duration patience) {
    this.patience = patience;
  }

  /** An engine in the slot; its count of users is guarded by the slot's lock. */
  private static final class Occupant {
    final EngineSettings settings;
    final Placement placement;
    final InferenceEngine engine;
    int users;

    Occupant(EngineSettings settings, Placement placement, InferenceEngine engine) {
      this.settings = settings;
      this.placement = placement;
      this.engine = engine;
    }
  }

  EngineLease lease(EngineSettings settings, EngineFactory factory, List<String> addresses)
      throws InterruptedException {
    lock.lockInterruptibly();
    try {
      awaitRoomFor(settings);
      if (occupant == null) {
        occupant = load(settings, factory, addresses);
      }
      occupant.users++;
      Occupant leased = occupant;
      return new EngineLease(
          leased.engine, leased.placement, () -> release(leased), () -> discard(leased));
    } finally {
      lock.unlock();
    }
  }

  int loads() {
    lock.lock();
    try {
      return loads;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for nothing: while an engine loads there is none to describe. */
  String description() {
    if (!lock.tryLock()) {
      return "";
    }
    try {
      return occupant == null ? "" : describe(occupant.engine.model(), occupant.placement);
    } finally {
      lock.unlock();
    }
  }

  /** What the engine has counted; nothing while there is none. */
  EngineCounters counters() {
    if (!lock.tryLock()) {
      return NOTHING;
    }
    try {
      return occupant == null ? NOTHING : occupant.engine.counters();
    } finally {
      lock.unlock();
    }
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
    long nanos = patience.toNanos();
    while (occupant != null && !occupant.settings.equals(settings)) {
      if (occupant.users == 0) {
        evict();
      } else if (nanos <= 0) {
        throw busy(settings);
      } else {
        nanos = idle.awaitNanos(nanos);
      }
    }
  }

  private Occupant load(EngineSettings settings, EngineFactory factory, List<String> addresses) {
    Placement placement = Placement.of(settings, addresses, factory::cudaDevices);
    long start = System.nanoTime();
    InferenceEngine engine = factory.open(placement.configuration());
    loads++;
    LOG.info(
        "Loaded engine {} of this JVM in {} ms: {}",
        loads,
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start),
        describe(engine.model(), placement));
    return new Occupant(settings, placement, engine);
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

  private void evict() {
    InferenceEngine leaving = occupant.engine;
    occupant = null;
    idle.signalAll();
    try {
      leaving.close();
    } catch (RuntimeException e) {
      LOG.warn("The engine did not close cleanly", e);
    }
  }

  private EngineException busy(EngineSettings wanted) {
    return new EngineException(
        ErrorCode.ENGINE_FAILED,
        "this executor's engine runs model '%s' (%s) for %d tasks, and a task asks for model '%s' (%s); an executor holds one engine: run one job after the other, or each in its own application"
            .formatted(
                occupant.settings.model(),
                occupant.settings.mode(),
                occupant.users,
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
