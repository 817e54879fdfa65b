package io.reckon.udfs;

import io.reckon.engine.remote.EndpointConfiguration;
import java.io.Serializable;

/** Where the model runs that an executor's engine answers with. */
public sealed interface EngineHost extends Serializable {
  /** In the executor's own process. */
  EngineHost LOCAL = new Local();

  /** In the executor's own process. */
  record Local() implements EngineHost {}

  /** Behind a server that every executor reaches. */
  record Endpoint(EndpointConfiguration configuration) implements EngineHost {}
}
