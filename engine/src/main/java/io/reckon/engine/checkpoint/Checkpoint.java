package io.reckon.engine.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A model on disk whose parts were found to fit each other. Safe for any thread; holds no memory
 * beyond the files' headers.
 */
public final class Checkpoint {
  private final ModelLocation location;
  private final ModelConfiguration configuration;
  private final Weights weights;
  private final List<Path> weightFiles;
  private final Optional<GgufHeader> gguf;

  private Checkpoint(
      ModelLocation location,
      ModelConfiguration configuration,
      Weights weights,
      List<Path> weightFiles,
      Optional<GgufHeader> gguf) {
    this.location = location;
    this.configuration = configuration;
    this.weights = weights;
    this.weightFiles = List.copyOf(weightFiles);
    this.gguf = gguf;
    weights.check(configuration);
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
    if (Files.isDirectory(location.path())) {
      return ofFolder(location);
    }
    if (Files.isRegularFile(location.path())) {
      return ofGguf(location);
    }
    throw CheckpointErrors.bad(
        location.path(),
        "there is no such file or folder; give 'builtin', a Hugging Face model folder or a GGUF"
            + " file");
  }

  private static Checkpoint ofFolder(ModelLocation location) {
    Path folder = location.path();
    ModelConfiguration configuration = ConfigurationReader.read(folder);
    List<SafetensorsFile> files = SafetensorsFolder.open(folder);
    Map<String, StoredTensor> tensors =
        Weights.together(
            files.stream().map(SafetensorsFile::tensors).toList(), UnaryOperator.identity());
    return new Checkpoint(
        location,
        configuration,
        new Weights(
            files.size() == 1 ? files.get(0).path() : folder, tensors, UnaryOperator.identity()),
        files.stream().map(SafetensorsFile::path).toList(),
        Optional.empty());
  }

  private static Checkpoint ofGguf(ModelLocation location) {
    GgufParts parts = GgufParts.read(location.path());
    return new Checkpoint(
        location,
        parts.configuration(),
        new Weights(location.path(), parts.tensors(), GgufNames::inFile),
        parts.headers().stream().map(GgufHeader::path).toList(),
        Optional.of(parts.first()));
  }

  /** What reports call it. */
  public String name() {
    return location.name();
  }

  /** The folder that holds it. */
  public Path folder() {
    return gguf.isPresent() ? location.path().getParent() : location.path();
  }

  /** What a GGUF says of itself; of several parts, the first. */
  public Optional<GgufHeader> gguf() {
    return gguf;
  }

  public ModelConfiguration configuration() {
    return configuration;
  }

  /** A matrix, one of {@link WeightLayout#tensors}. */
  public WeightMatrix matrix(String tensorName) {
    return weights.matrix(tensorName);
  }

  /** A vector, one of {@link WeightLayout#tensors}. */
  public float[] vector(String tensorName) {
    return weights.vector(tensorName);
  }

  /** Number of weights. */
  public long parameters() {
    return WeightLayout.parameters(configuration);
  }

  /**
   * A hash of configuration, weights, tokenizer and chat template; reads all of them, unless this
   * machine remembers it.
   */
  public String fingerprint() {
    List<Path> files = new ArrayList<>();
    for (String part :
        List.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "chat_template.jinja")) {
      files.add(folder().resolve(part));
    }
    files.addAll(weightFiles);
    return FingerprintMemory.ofThisMachine().of(files, () -> Fingerprint.of(files));
  }
}
