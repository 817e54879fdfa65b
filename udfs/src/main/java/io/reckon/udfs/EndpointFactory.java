package io.reckon.udfs;

import io.reckon.engine.EngineConfiguration;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.remote.EndpointConfiguration;
import io.reckon.engine.remote.RemoteEngine;

/** Opens an engine that asks a server; the key comes from this process's environment. */
record EndpointFactory(EndpointConfiguration endpoint) implements EngineFactory {
  @Override
  public InferenceEngine open(EngineConfiguration configuration) {
    return RemoteEngine.open(endpoint, configuration.markers(), System::getenv);
  }

  @Override
  public int cudaDevices() {
    return 0;
  }
}
