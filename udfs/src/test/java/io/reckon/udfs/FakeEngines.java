package io.reckon.udfs;

import io.reckon.engine.EngineConfiguration;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.InferenceEngine;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Opens {@link FakeEngine}s and remembers those of this JVM. There is no model {@code missing}.
 *
 * @param millis how long an answer takes
 */
public record FakeEngines(long millis) implements EngineFactory {
  private static final List<FakeEngine> OPENED = new CopyOnWriteArrayList<>();

  @Override
  public InferenceEngine open(EngineConfiguration configuration) {
    if (configuration.model().endsWith("missing")) {
      throw new EngineException(
          ErrorCode.BAD_CHECKPOINT, "there is no folder " + configuration.model());
    }
    FakeEngine engine = new FakeEngine(configuration, millis);
    OPENED.add(engine);
    return engine;
  }

  @Override
  public int cudaDevices() {
    return 0;
  }

  /** Every engine opened in this JVM, oldest first. */
  public static List<FakeEngine> opened() {
    return OPENED;
  }

  public static FakeEngine last() {
    return OPENED.get(OPENED.size() - 1);
  }
}
