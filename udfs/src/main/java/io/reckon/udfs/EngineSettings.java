package io.reckon.udfs;

import io.reckon.engine.EngineConfiguration;
import io.reckon.engine.api.ReasoningMarkers;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.remote.EndpointConfiguration;
import java.io.Serializable;
import java.time.Duration;

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
 * @param drafts whether tokens are guessed ahead
 * @param host where the model runs; of the above a server's takes its model's name, how many
 *     requests it has at a time, and the markers
 */
public record EngineSettings(
    String model,
    String mode,
    String device,
    int maxRunning,
    long cacheBytes,
    ReasoningMarkers markers,
    boolean drafts,
    EngineHost host)
    implements Serializable {
  public static final String AUTO = "auto";

  /** Checks every value, so that a bad one is told on the driver. */
  public EngineSettings {
    new EngineConfiguration(
        model, mode, device.equals(AUTO) ? "cpu" : device, maxRunning, cacheBytes, markers, drafts);
  }

  /**
   * In the executor's own process, with the markers that the model's vocabulary has, and drafts.
   */
  public EngineSettings(String model, String mode, String device, int maxRunning, long cacheBytes) {
    this(
        model,
        mode,
        device,
        maxRunning,
        cacheBytes,
        ReasoningMarkers.OF_MODEL,
        true,
        EngineHost.LOCAL);
  }

  /** The built-in model, on whatever device the executor has. */
  public static EngineSettings builtin() {
    EngineConfiguration defaults = EngineConfiguration.builtin();
    return new EngineSettings(
        defaults.model(), defaults.mode(), AUTO, defaults.maxRunning(), defaults.cacheBytes());
  }

  /** A server's model. */
  public static EngineSettings endpoint(EndpointConfiguration endpoint) {
    EngineConfiguration defaults = EngineConfiguration.builtin();
    return new EngineSettings(
        endpoint.model(),
        defaults.mode(),
        defaults.device(),
        endpoint.concurrency(),
        defaults.cacheBytes(),
        ReasoningMarkers.OF_MODEL,
        defaults.drafts(),
        new EngineHost.Endpoint(endpoint));
  }

  /**
   * Checks that the engine can do what a run wants.
   *
   * @throws io.reckon.engine.api.EngineException {@code BAD_OPTION} where it can't
   */
  public void requireSupported(SamplingParameters sampling) {
    if (host instanceof EngineHost.Endpoint) {
      EndpointConfiguration.requireSupported(sampling);
    }
  }

  /**
   * How long the engine may go on without ending a step before it counts as stuck.
   *
   * @param limit for a model in this process
   */
  Duration stepLimit(Duration limit) {
    return host instanceof EngineHost.Endpoint endpoint
        ? limit.plus(endpoint.configuration().longestAttempt())
        : limit;
  }

  /** Whether the model runs in the executor's own process. */
  public boolean isLocal() {
    return host.equals(EngineHost.LOCAL);
  }

  public EngineSettings withModel(String path) {
    return new EngineSettings(path, mode, device, maxRunning, cacheBytes, markers, drafts, host);
  }

  public EngineSettings withMode(String name) {
    return new EngineSettings(model, name, device, maxRunning, cacheBytes, markers, drafts, host);
  }

  public EngineSettings withDevice(String name) {
    return new EngineSettings(model, mode, name, maxRunning, cacheBytes, markers, drafts, host);
  }

  public EngineSettings withMaxRunning(int requests) {
    return new EngineSettings(model, mode, device, requests, cacheBytes, markers, drafts, host);
  }

  public EngineSettings withDrafts(boolean wanted) {
    return new EngineSettings(model, mode, device, maxRunning, cacheBytes, markers, wanted, host);
  }

  public EngineSettings withMarkers(ReasoningMarkers given) {
    return new EngineSettings(model, mode, device, maxRunning, cacheBytes, given, drafts, host);
  }
}
