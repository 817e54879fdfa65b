package io.reckon.jobs.cli;

import io.reckon.engine.ModelFootprint;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an engine needs for so many requests at a time, and what a GPU has room for.
 *
 * @param contextTokens of each request, prompt and answer
 * @param requests at a time
 * @param gpuBytes memory of one GPU; an engine uses one
 */
record Capacity(ModelFootprint model, int contextTokens, int requests, OptionalLong gpuBytes) {
  /** What a process takes beside the model: libtorch, its threads, a CUDA context. About. */
  private static final long PROCESS_BYTES = 1_000_000_000;

  /** What an engine takes beside the weights and the cache. */
  long workBytes(String mode) {
    return PROCESS_BYTES + model.workBytes(mode, requests);
  }

  /** Of a cache for all requests. */
  long cacheBytes(String mode) {
    return model.cacheBytes(mode, requests, contextTokens);
  }

  long totalBytes(String mode) {
    return model.weightBytes(mode) + cacheBytes(mode) + workBytes(mode);
  }

  /** What a GPU has left for the cache; below zero where the weights do not fit. */
  long room(String mode) {
    return gpuBytes.orElseThrow() - model.weightBytes(mode) - workBytes(mode);
  }

  /** How many whole requests a GPU has room for. */
  long requestsOnGpu(String mode) {
    return model.requestsIn(mode, Math.max(0, room(mode)), contextTokens);
  }

  /** The smallest mode that a GPU runs with room for a request. */
  Optional<String> modeForGpu() {
    return gpuBytes.isEmpty()
        ? Optional.empty()
        : ModelFootprint.modes().stream()
            .filter(ModelFootprint::runsOnGpu)
            .filter(mode -> requestsOnGpu(mode) > 0)
            .reduce((exact, smaller) -> smaller);
  }
}
