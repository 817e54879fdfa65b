package io.reckon.udfs;

import io.reckon.engine.api.InferenceEngine;
import java.util.concurrent.atomic.AtomicBoolean;

/** A task's share in its executor's engine. While it is open the engine is not replaced. */
public final class EngineLease implements AutoCloseable {
  private final InferenceEngine engine;
  private final Placement placement;
  private final Runnable release;
  private final Runnable discard;
  private final AtomicBoolean open = new AtomicBoolean(true);

  EngineLease(InferenceEngine engine, Placement placement, Runnable release, Runnable discard) {
    this.engine = engine;
    this.placement = placement;
    this.release = release;
    this.discard = discard;
  }

  /** The engine; never closed by the one who leases it. */
  public InferenceEngine engine() {
    return engine;
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
