package io.reckon.engine;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.ReasoningMarkers;
import java.util.List;

/**
 * What an engine is started with.
 *
 * @param model {@code builtin}, {@code ollama:NAME[:TAG]}, or the path of a Hugging Face folder or
 *     a GGUF file on this machine
 * @param mode how weights are held: {@code int8} (on a CPU: the fastest, and the same numbers in
 *     every batch), {@code int4} (on a CPU: the smallest), {@code bf16}, {@code float32} (the
 *     reference), or {@code auto}: bf16 on a GPU, int8 on a CPU that can, else float32
 * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param maxRunning most requests that share a step
 * @param cacheBytes budget of the latent cache
 * @param markers of the model's reasoning
 * @param drafts whether tokens are guessed ahead; it changes how soon a request ends, and in {@code
 *     int8} on a CPU nothing else
 */
public record EngineConfiguration(
    String model,
    String mode,
    String device,
    int maxRunning,
    long cacheBytes,
    ReasoningMarkers markers,
    boolean drafts) {
  public static final List<String> MODES = List.of("auto", "int8", "int4", "bf16", "float32");

  public EngineConfiguration {
    if (model.isBlank()) {
      throw bad("the model is empty; give 'builtin' or a folder");
    }
    if (!MODES.contains(mode)) {
      throw bad("mode is '" + mode + "'; give one of " + String.join(", ", MODES));
    }
    if (!device.matches("cpu|cuda(:\\d+)?")) {
      throw bad("device is '" + device + "'; give cpu, cuda or cuda:N");
    }
    if (maxRunning < 1) {
      throw bad("maxRunning is " + maxRunning + "; give 1 or more");
    }
    if (cacheBytes < 1) {
      throw bad("cacheBytes is " + cacheBytes + "; give 1 or more");
    }
  }

  /** With the markers that the model's vocabulary has, and drafts. */
  public EngineConfiguration(
      String model, String mode, String device, int maxRunning, long cacheBytes) {
    this(model, mode, device, maxRunning, cacheBytes, ReasoningMarkers.OF_MODEL, true);
  }

  /** The built-in model on this machine's CPU. */
  public static EngineConfiguration builtin() {
    return new EngineConfiguration("builtin", "auto", "cpu", 64, 256L << 20);
  }

  public EngineConfiguration withModel(String path) {
    return new EngineConfiguration(path, mode, device, maxRunning, cacheBytes, markers, drafts);
  }

  public EngineConfiguration withDrafts(boolean wanted) {
    return new EngineConfiguration(model, mode, device, maxRunning, cacheBytes, markers, wanted);
  }

  private static EngineException bad(String message) {
    return new EngineException(ErrorCode.BAD_OPTION, message);
  }
}
