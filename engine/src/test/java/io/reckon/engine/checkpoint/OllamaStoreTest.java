package io.reckon.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over a store laid out as {@code ollama pull} leaves it. */
class OllamaStoreTest {
  private static final String DIGEST = "0123456789abcdef".repeat(4);
  private static final String LICENSE = layer("license", "f".repeat(64), 5);

  @TempDir private Path folder;
  private OllamaStore store;

  @BeforeEach
  void pull() throws IOException {
    store = new OllamaStore(folder);
    manifest("registry.ollama.ai/library/deepseek-r2/32b", LICENSE + "," + model(7));
    Files.createDirectories(folder.resolve("blobs"));
    Files.writeString(blob(), "weights");
  }

  private static String layer(String type, String digest, long size) {
    return """
        {"mediaType":"application/vnd.ollama.image.%s","digest":"sha256:%s","size":%d}"""
        .formatted(type, digest, size);
  }

  private static String model(long size) {
    return layer("model", DIGEST, size);
  }

  private Path blob() {
    return folder.resolve("blobs/sha256-" + DIGEST);
  }

  private void manifest(String path, String layers) throws IOException {
    Path file = folder.resolve("manifests").resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "{\"schemaVersion\":2,\"layers\":[" + layers + "]}");
  }

  @Test
  void findsTheWeightsOfATag() {
    assertThat(store.find("deepseek-r2:32b"))
        .isEqualTo(new ModelLocation("deepseek-r2:32b", blob()));
  }

  @Test
  void takesTheLatestWhereNoTagIsGiven() throws IOException {
    manifest("registry.ollama.ai/library/deepseek-r2/latest", model(7));
    assertThat(store.find("deepseek-r2").name()).isEqualTo("deepseek-r2:latest");
  }

  @Test
  void findsModelsOfOtherNamespacesAndHosts() throws IOException {
    manifest("registry.ollama.ai/someone/theirs/latest", model(7));
    manifest("hf.co/someone/theirs-GGUF/Q4_K_M", model(7));
    manifest("localhost:5000/a/b/c", model(7));
    assertThat(store.find("someone/theirs").path()).isEqualTo(blob());
    assertThat(store.find("hf.co/someone/theirs-GGUF:Q4_K_M").path()).isEqualTo(blob());
    assertThat(store.find("localhost:5000/a/b:c").name()).isEqualTo("localhost:5000/a/b:c");
  }

  @Test
  void listsTheTagsThatAreThere() throws IOException {
    manifest("registry.ollama.ai/library/deepseek-r2/32b-q4_K_M", model(7));
    refuses("deepseek-r2:7b", "tags that are there: 32b, 32b-q4_K_M", "ollama pull deepseek-r2:7b");
  }

  @Test
  void listsTheModelsThatAreThere() {
    refuses("deepseek-r3", "the models that are there: deepseek-r2", "set OLLAMA_MODELS");
  }

  @Test
  void saysWhereTheStoreIsEmpty() {
    assertThatThrownBy(() -> new OllamaStore(folder.resolve("none")).find("x"))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("none; no model was pulled to it; run 'ollama pull x:latest'");
  }

  @Test
  void refusesWeightsOfAnotherSize() throws IOException {
    Files.writeString(blob(), "weig");
    refuses("deepseek-r2:32b", "has 4 bytes where the manifest of deepseek-r2:32b says 7");
  }

  @Test
  void refusesWeightsThatAreGone() throws IOException {
    Files.delete(blob());
    refuses("deepseek-r2:32b", "has no bytes where", "run 'ollama pull deepseek-r2:32b' again");
  }

  @Test
  void refusesWhatIsNoSingleModel() throws IOException {
    manifest("registry.ollama.ai/library/none/latest", LICENSE);
    manifest("registry.ollama.ai/library/two/latest", model(7) + "," + model(7));
    manifest(
        "registry.ollama.ai/library/tuned/latest", model(7) + "," + layer("adapter", DIGEST, 7));
    refuses("none", "names 0 layers of type");
    refuses("two", "names 2 layers of type");
    refuses("tuned", "names an adapter beside the model");
  }

  @Test
  void refusesDamagedManifests() throws IOException {
    manifest("registry.ollama.ai/library/odd/latest", layer("model", "../../etc/passwd", 7));
    refuses("odd", "without a digest");
    Files.writeString(folder.resolve("manifests/registry.ollama.ai/library/odd/latest"), "{");
    refuses("odd", "is not valid JSON");
  }

  @Test
  void refusesNamesThatLeaveTheStore() {
    refuses("../../x", "is no name of an Ollama model");
    refuses("x:..", "is no name of an Ollama model");
    refuses("", "give ollama:NAME or ollama:NAME:TAG");
  }

  private void refuses(String model, String... words) {
    assertThatThrownBy(() -> store.find(model))
        .isInstanceOf(EngineException.class)
        .hasMessageContainingAll(words)
        .hasMessageNotContaining("\n");
  }
}
