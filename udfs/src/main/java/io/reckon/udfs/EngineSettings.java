package io.reckon.udfs;

import io.reckon.engine.EngineConfiguration;
import io.reckon.engine.api.ReasoningMarkers;
import java.io.Serializable;

/**
 * The engine that a job asks for, before an executor has said where it runs.
 *
 * @param model as {@link EngineConfiguration} takes it on the executors, or the address of a model
 *     in a Hadoop file system
 * @param mode how weights are held, one of {@link EngineConfiguration#MODES}
 * @param device {@code auto} (the executor's GPU where it has one, else the CPU), or a device that
 *     {@link EngineConfiguration} takes
 * @param maxRunning most requests that share a step
 * @param cacheBytes budget of the latent cache
 * @param markers of the model's reasoning
 */
public record EngineSettings(
    String model,
    String mode,
    String device,
    int maxRunning,
    long cacheBytes,
    ReasoningMarkers markers)
    implements Serializable {
  public static final String AUTO = "auto";

  /** Checks every value, so that a bad one is told on the driver. */
  public EngineSettings {
    new EngineConfiguration(
        model, mode, device.equals(AUTO) ? "cpu" : device, maxRunning, cacheBytes, markers);
  }

  /** With the markers that the model's vocabulary has. */
  public EngineSettings(String model, String mode, String device, int maxRunning, long cacheBytes) {
    this(model, mode, device, maxRunning, cacheBytes, ReasoningMarkers.OF_MODEL);
  }

  /** The built-in model, on whatever device the executor has. */
  public static EngineSettings builtin() {
    EngineConfiguration defaults = EngineConfiguration.builtin();
    return new EngineSettings(
        defaults.model(), defaults.mode(), AUTO, defaults.maxRunning(), defaults.cacheBytes());
  }

  public EngineSettings withModel(String path) {
    return new EngineSettings(path, mode, device, maxRunning, cacheBytes, markers);
  }

  public EngineSettings withMode(String name) {
    return new EngineSettings(model, name, device, maxRunning, cacheBytes, markers);
  }

  public EngineSettings withDevice(String name) {
    return new EngineSettings(model, mode, name, maxRunning, cacheBytes, markers);
  }

  public EngineSettings withMaxRunning(int requests) {
    return new EngineSettings(model, mode, device, requests, cacheBytes, markers);
  }

  public EngineSettings withMarkers(ReasoningMarkers given) {
    return new EngineSettings(model, mode, device, maxRunning, cacheBytes, given);
  }
}
