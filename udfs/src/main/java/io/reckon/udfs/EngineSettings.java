package io.reckon.udfs;

import io.reckon.engine.EngineConfiguration;
import java.io.Serializable;

/**
 * The engine that a job asks for, before an executor has said where it runs.
 *
 * @param model {@code builtin}, or the path of a Hugging Face folder on the executors
 * @param mode how weights are held, one of {@link EngineConfiguration#MODES}
 * @param device {@code auto} (the executor's GPU where it has one, else the CPU), or a device that
 *     {@link EngineConfiguration} takes
 * @param maxRunning most requests that share a step
 * @param cacheBytes budget of the latent cache
 */
public record EngineSettings(
    String model, String mode, String device, int maxRunning, long cacheBytes)
    implements Serializable {
  public static final String AUTO = "auto";

  /** Checks every value, so that a bad one is told on the driver. */
  public EngineSettings {
    new EngineConfiguration(
        model, mode, device.equals(AUTO) ? "cpu" : device, maxRunning, cacheBytes);
  }

  /** The built-in model, on whatever device the executor has. */
  public static EngineSettings builtin() {
    EngineConfiguration defaults = EngineConfiguration.builtin();
    return new EngineSettings(
        defaults.model(), defaults.mode(), AUTO, defaults.maxRunning(), defaults.cacheBytes());
  }

  public EngineSettings withModel(String path) {
    return new EngineSettings(path, mode, device, maxRunning, cacheBytes);
  }

  public EngineSettings withMode(String name) {
    return new EngineSettings(model, name, device, maxRunning, cacheBytes);
  }

  public EngineSettings withDevice(String name) {
    return new EngineSettings(model, mode, name, maxRunning, cacheBytes);
  }

  public EngineSettings withMaxRunning(int requests) {
    return new EngineSettings(model, mode, device, requests, cacheBytes);
  }
}
