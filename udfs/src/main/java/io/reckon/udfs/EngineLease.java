package io.reckon.udfs;

import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.InferenceEngine;
import java.util.concurrent.atomic.AtomicBoolean;

/** A task's share in its executor's engine. While it is open the engine is not replaced. */
public final class EngineLease implements AutoCloseable {
  private final EngineShare share;
  private final Placement placement;
  private final Runnable release;
  private final Runnable discard;
  private final AtomicBoolean open = new AtomicBoolean(true);

  EngineLease(EngineShare share, Placement placement, Runnable release, Runnable discard) {
    this.share = share;
    this.placement = placement;
    this.release = release;
    this.discard = discard;
  }

  /** The engine; never closed by the one who leases it. */
  public InferenceEngine engine() {
    return share.engine();
  }

  /**
   * Submits a request, as {@link InferenceEngine#submit} does.
   *
   * @param alone whether it is to have the engine to itself; waits until it can
   */
  GenerationHandle submit(GenerationRequest request, boolean alone) throws InterruptedException {
    return share.submit(request, alone);
  }

  /** Waits for a turn, as {@link EngineShare#take} does; the caller closes it. */
  EngineShare.Turn take(boolean alone) throws InterruptedException {
    return share.take(alone);
  }

  /**
   * Does nothing while the engine works.
   *
   * @throws io.reckon.engine.api.EngineException {@code ENGINE_FAILED} where it has been given up
   */
  void requireAlive() {
    share.requireAlive();
  }

  /** The GPU that Spark gave this executor, {@code none} where it gave none. */
  public String gpuAddress() {
    return placement.gpuAddress();
  }

  /** Says that the engine is broken: it is closed, and the next lease loads another. */
  public void engineFailed() {
    discard.run();
  }

  /** Gives the share back. Idempotent. */
  @Override
  public void close() {
    if (open.compareAndSet(true, false)) {
      release.run();
    }
  }
}
