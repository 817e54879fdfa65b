package io.reckon.engine.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The models that Ollama has pulled to this machine: a manifest for each tag below {@code
 * manifests}, which names the layers of the model, and a file for each layer below {@code blobs}.
 * Only the layer of the weights is read, a GGUF file; Ollama's own template and parameters aren't.
 *
 * @param folder what {@code OLLAMA_MODELS} names
 */
record OllamaStore(Path folder) {
  private static final String VARIABLE = "OLLAMA_MODELS";
  private static final Path OF_THE_SERVICE = Path.of("/usr/share/ollama/.ollama/models");
  private static final long MANIFEST_LIMIT_BYTES = 1 << 20;
  private static final String MODEL_LAYER = "application/vnd.ollama.image.model";
  private static final String ADAPTER_LAYER = "application/vnd.ollama.image.adapter";
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  /**
   * The store of this machine: what {@code OLLAMA_MODELS} names (a Java property or a variable of
   * the environment), else that of the user, else that of the service.
   */
  static OllamaStore ofThisMachine() {
    String named = System.getProperty(VARIABLE, System.getenv(VARIABLE));
    if (named != null) {
      return new OllamaStore(Path.of(named));
    }
    Path own = Path.of(System.getProperty("user.home"), ".ollama", "models");
    boolean service = !Files.isDirectory(own) && Files.isDirectory(OF_THE_SERVICE);
    return new OllamaStore(service ? OF_THE_SERVICE : own);
  }

  /**
   * Finds the weights of a model.
   *
   * @param model {@code [HOST/][NAMESPACE/]NAME[:TAG]}
   * @throws io.reckon.engine.api.EngineException {@code BAD_CHECKPOINT} where it was not pulled, or
   *     not wholly, or is made of more than one file
   */
  ModelLocation find(String model) {
    OllamaName name = OllamaName.parse(model);
    Path manifest = manifests().resolve(name.folder()).resolve(name.tag());
    if (!Files.isRegularFile(manifest)) {
      throw missing(name);
    }
    JsonNode layer = weights(manifest);
    return new ModelLocation(name.shown(), blob(name, manifest, layer));
  }

  private Path manifests() {
    return folder.resolve("manifests");
  }

  private static JsonNode weights(Path manifest) {
    JsonNode layers = JsonFile.read(manifest, MANIFEST_LIMIT_BYTES).path("layers");
    if (layer(layers, ADAPTER_LAYER).findAny().isPresent()) {
      throw CheckpointErrors.bad(
          manifest,
          "names an adapter beside the model; only models without adapters are supported");
    }
    List<JsonNode> models = layer(layers, MODEL_LAYER).toList();
    if (models.size() != 1) {
      throw CheckpointErrors.bad(
          manifest,
          "names %d layers of type %s where one is needed; pull the model again"
              .formatted(models.size(), MODEL_LAYER));
    }
    return models.get(0);
  }

  private static Stream<JsonNode> layer(JsonNode layers, String type) {
    return Stream.iterate(0, i -> i < layers.size(), i -> i + 1)
        .map(layers::path)
        .filter(layer -> layer.path("mediaType").asText().equals(type));
  }

  private Path blob(OllamaName name, Path manifest, JsonNode layer) {
    String digest = layer.path("digest").asText();
    if (!DIGEST.matcher(digest).matches()) {
      throw CheckpointErrors.bad(
          manifest, "names the layer " + CheckpointErrors.shown(layer) + " without a digest");
    }
    Path blob = folder.resolve("blobs").resolve(digest.replace(':', '-'));
    String expected = layer.path("size").asText("no");
    String found = size(blob);
    if (!found.equals(expected)) {
      throw CheckpointErrors.bad(
          blob,
          "has %s bytes where the manifest of %s says %s; run 'ollama pull %s' again"
              .formatted(found, name.shown(), expected, name.shown()));
    }
    return blob;
  }

  private static String size(Path file) {
    try {
      return Files.isRegularFile(file) ? Long.toString(Files.size(file)) : "no";
    } catch (IOException e) {
      throw CheckpointErrors.unreadable(file, e);
    }
  }

  private RuntimeException missing(OllamaName name) {
    String has =
        namesIn(manifests().resolve(name.folder()))
            .map(tags -> "; the tags that are there: " + tags)
            .or(() -> pulled().map(models -> "; the models that are there: " + models))
            .orElse("; no model was pulled to it");
    return CheckpointErrors.bad(
        "ollama:" + name.shown(),
        "is not in the store %s%s; run 'ollama pull %s', or set %s"
            .formatted(folder, has, name.shown(), VARIABLE));
  }

  private Optional<String> pulled() {
    return namesIn(manifests().resolve(Path.of("registry.ollama.ai", "library")));
  }

  private static Optional<String> namesIn(Path folder) {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      List<String> names = entries.map(entry -> entry.getFileName().toString()).sorted().toList();
      return names.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", names));
    } catch (IOException e) {
      throw CheckpointErrors.unreadable(folder, e);
    }
  }
}
