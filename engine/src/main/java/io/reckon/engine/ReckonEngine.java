package io.reckon.engine;

import io.reckon.engine.api.InferenceEngine;

/** Opens engines. */
public final class ReckonEngine {
  private ReckonEngine() {}

  /**
   * Loads the model and starts the engine's thread.
   *
   * @throws io.reckon.engine.api.EngineException where the checkpoint or an option is at fault
   */
  public static InferenceEngine open(EngineConfiguration configuration) {
    throw new UnsupportedOperationException("not yet: " + configuration);
  }
}
