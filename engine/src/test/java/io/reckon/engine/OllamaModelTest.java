package io.reckon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model in a store laid out as {@code ollama pull} leaves it. */
class OllamaModelTest {
  private static final Path FILE = Path.of("src/test/resources/mla-small/model-Q8_0.gguf");
  private static final String STORE = "OLLAMA_MODELS";

  @TempDir private Path folder;

  @BeforeEach
  void pull() throws IOException {
    String digest = "0123456789abcdef".repeat(4);
    Files.createDirectories(folder.resolve("blobs"));
    Files.copy(FILE, folder.resolve("blobs/sha256-" + digest));
    Path manifest = folder.resolve("manifests/registry.ollama.ai/library/small/8bit");
    Files.createDirectories(manifest.getParent());
    Files.writeString(
        manifest,
        """
        {"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",
         "layers":[{"mediaType":"application/vnd.ollama.image.license","digest":"sha256:0","size":1},
          {"mediaType":"application/vnd.ollama.image.model","digest":"sha256:%s","size":%d}]}
        """
            .formatted(digest, Files.size(FILE)));
    System.setProperty(STORE, folder.toString());
  }

  @AfterEach
  void forget() {
    System.clearProperty(STORE);
  }

  private static EngineConfiguration small(String model) {
    return new EngineConfiguration(model, "float32", "cpu", 1, 1 << 20);
  }

  @Test
  void givesTheLogitsOfItsFile() {
    try (LogitsProbe file = LogitsProbe.open(small(FILE.toString()));
        LogitsProbe pulled = LogitsProbe.open(small("ollama:small:8bit"))) {
      int[] tokens = {5, 90, 17};
      assertThat(pulled.probe(tokens, 0).logits()).isEqualTo(file.probe(tokens, 0).logits());
    }
  }

  @Test
  void isPlannedByItsHeader() {
    ModelFootprint footprint = ModelFootprint.of("ollama:small:8bit");
    assertThat(footprint.name()).isEqualTo("small:8bit");
    assertThat(footprint.shape().layers()).isEqualTo(3);
  }

  @Test
  void isPlannedByTheHeaderOfAFileThatIsNotWholeYet() throws IOException {
    Path head = folder.resolve("head.gguf");
    byte[] bytes = Files.readAllBytes(FILE);
    Files.write(head, Arrays.copyOf(bytes, bytes.length / 4));
    assertThat(ModelFootprint.of(head.toString()).weightBytes("bf16"))
        .isEqualTo(ModelFootprint.of(FILE.toString()).weightBytes("bf16"));
    assertThatThrownBy(() -> LogitsProbe.open(small(head.toString())))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("the file is cut short");
  }

  @Test
  void needsAChatTemplateForPrompts() {
    assertThatThrownBy(() -> ReckonEngine.open(small("ollama:small:8bit")))
        .isInstanceOf(EngineException.class)
        .hasMessageContainingAll(
            "ollama:small:8bit: its file holds no chat template",
            "link " + folder.resolve("blobs"),
            "put chat_template.jinja beside it");
  }
}
