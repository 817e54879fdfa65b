package io.reckon.engine.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A model on disk whose parts were found to fit each other. Safe for any thread; holds no memory
 * beyond the files' headers.
 */
public final class Checkpoint {
  private final String name;
  private final Path folder;
  private final ModelConfiguration configuration;
  private final Weights weights;

  private Checkpoint(String name, Path folder, ModelConfiguration configuration, Weights weights) {
    this.name = name;
    this.folder = folder;
    this.configuration = configuration;
    this.weights = weights;
  }

  /**
   * Finds and checks a model.
   *
   * @param model as {@link ModelLocation#of} takes it
   * @throws io.reckon.engine.api.EngineException {@code BAD_CHECKPOINT} where a part is missing,
   *     damaged or not supported
   */
  public static Checkpoint open(String model) {
    ModelLocation location = ModelLocation.of(model);
    if (!Files.isDirectory(location.path())) {
      throw CheckpointErrors.bad(
          location.path(),
          "there is no such folder; give 'builtin' or a Hugging Face model folder");
    }
    return open(location.name(), location.path());
  }

  private static Checkpoint open(String name, Path folder) {
    ModelConfiguration configuration = ConfigurationReader.read(folder);
    Weights weights = Weights.open(folder);
    weights.check(WeightLayout.tensors(configuration));
    return new Checkpoint(name, folder, configuration, weights);
  }

  /** What reports call it. */
  public String name() {
    return name;
  }

  public Path folder() {
    return folder;
  }

  public ModelConfiguration configuration() {
    return configuration;
  }

  /** Where a tensor lies, one of {@link WeightLayout#tensors}. */
  public StoredTensor tensor(String tensorName) {
    return weights.tensor(tensorName);
  }

  /** Number of weights. */
  public long parameters() {
    return WeightLayout.parameters(configuration);
  }

  /** A hash of configuration, weights, tokenizer and chat template; reads all of them. */
  public String fingerprint() {
    List<Path> files = new ArrayList<>();
    for (String part :
        List.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "chat_template.jinja")) {
      files.add(folder.resolve(part));
    }
    files.addAll(weights.files());
    return Fingerprint.of(files);
  }
}
