package io.reckon.engine;

import io.reckon.engine.checkpoint.ModelConfiguration;
import io.reckon.engine.checkpoint.ModelLocation;
import io.reckon.engine.checkpoint.WeightLayout;
import io.reckon.engine.program.ModelProgram;
import io.reckon.engine.program.WeightFootprint;
import io.reckon.engine.program.WeightMode;
import io.reckon.engine.schedule.Scheduler;
import java.util.Arrays;
import java.util.List;

/**
 * What an engine would take of memory for a model, told from its configuration alone: the weights
 * need not be there. Modes are those of {@link EngineConfiguration#MODES}, but for {@code auto}.
 */
public final class ModelFootprint {
  /** The page that rows write to which nobody reads. */
  private static final int SCRATCH_PAGES = 1;

  private final String name;
  private final ModelConfiguration model;

  private ModelFootprint(String name, ModelConfiguration model) {
    this.name = name;
    this.model = model;
  }

  /**
   * Reads a model's configuration.
   *
   * @param model as {@link EngineConfiguration} takes it, or the path of a {@code config.json}
   * @throws io.reckon.engine.api.EngineException {@code BAD_CHECKPOINT} where there is none, or it
   *     is of a kind that is not supported
   */
  public static ModelFootprint of(String model) {
    ModelLocation location = ModelLocation.of(model);
    return new ModelFootprint(location.name(), location.configuration());
  }

  public String name() {
    return name;
  }

  public ModelConfiguration shape() {
    return model;
  }

  /** Number of weights. */
  public long parameters() {
    return WeightLayout.parameters(model);
  }

  /** All that weights can be held in, the most exact first. */
  public static List<String> modes() {
    return Arrays.stream(WeightMode.values()).map(WeightMode::optionName).toList();
  }

  /** Whether an engine on a GPU can hold weights in this mode. */
  public static boolean runsOnGpu(String mode) {
    return WeightMode.named(mode).runsOnGpu();
  }

  /** Bytes of the weights. */
  public long weightBytes(String mode) {
    return WeightFootprint.bytes(model, WeightMode.named(mode));
  }

  /** Bytes of the latent cache for one token, in all layers. */
  public long cacheBytesPerToken(String mode) {
    return model.cacheNumbersPerToken() * WeightMode.named(mode).cacheBytes();
  }

  /** Bytes that a cache of every head's keys and values would take for one token. */
  public long plainCacheBytesPerToken(String mode) {
    long head = (long) model.nopeSize() + model.ropeSize() + model.valueSize();
    return head * model.heads() * model.layers() * WeightMode.named(mode).cacheBytes();
  }

  /** Bytes of a cache in which some requests have a whole context each. */
  public long cacheBytes(String mode, long requests, int contextTokens) {
    long pages = requests * LoadedModel.pagesOf(contextTokens) + SCRATCH_PAGES;
    return pages * LoadedModel.PAGE_TOKENS * cacheBytesPerToken(mode);
  }

  /** How many requests can have a whole context each in a cache of some bytes. */
  public long requestsIn(String mode, long bytes, int contextTokens) {
    long pages = bytes / (LoadedModel.PAGE_TOKENS * cacheBytesPerToken(mode)) - SCRATCH_PAGES;
    return Math.max(0, pages / LoadedModel.pagesOf(contextTokens));
  }

  /**
   * Bytes of what a step of so many requests makes on its way, and of the rotary tables. An
   * estimate.
   */
  public long workBytes(String mode, int requests) {
    int scored = requests + Scheduler.MOST_DRAFTS;
    int rows = LoadedModel.PREFILL_TOKENS + ModelProgram.BLOCK_TOKENS + scored;
    long rotations = 2L * 4 * model.contextTokens() * model.ropeSize();
    return rotations + WeightFootprint.stepBytes(model, WeightMode.named(mode), rows, scored);
  }
}
