package io.reckon.udfs;

import io.reckon.engine.EngineConfiguration;
import io.reckon.engine.api.InferenceEngine;
import java.io.Serializable;

/** How an executor gets its engine. Travels to the executors, so it holds no engine itself. */
public interface EngineFactory extends Serializable {
  /**
   * Loads the model and starts the engine; the caller closes it.
   *
   * @throws io.reckon.engine.api.EngineException where the checkpoint or an option is at fault
   */
  InferenceEngine open(EngineConfiguration configuration);

  /** CUDA devices that an engine could use in this JVM; 0 where it has none. */
  int cudaDevices();
}
