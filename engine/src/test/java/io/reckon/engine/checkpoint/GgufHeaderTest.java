package io.reckon.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.EngineException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufHeaderTest {
  private static final Path FILE = Path.of("src/test/resources/mla-small/model-Q4_K_M.gguf");

  @TempDir Path folder;

  @Test
  void readsMetadataAndTensorsOfALlamaCppFile() {
    GgufHeader header = GgufHeader.read(FILE);
    assertThat(header.text("general.architecture")).contains("deepseek2");
    assertThat(header.whole("deepseek2.block_count")).hasValue(3);
    assertThat(header.number("deepseek2.rope.freq_base")).hasValue(10000);
    assertThat(header.flag("tokenizer.ggml.add_bos_token")).contains(false);
    assertThat(header.texts("tokenizer.ggml.tokens", 512)).hasSize(512).startsWith("<|begin|>");
    assertThat(header.wholes("tokenizer.ggml.token_type", 512)).hasSize(512).startsWith(3L);
    assertThat(header.text("none")).isEmpty();
    assertThat(header.texts("none", 0)).isEmpty();
    StoredTensor embedding = header.tensors().get("token_embd.weight");
    assertThat(embedding.shape()).isEqualTo(List.of(512, 256));
    assertThat(embedding.type()).isEqualTo(Optional.of(TensorType.Q4_K));
    assertThat(embedding.bytes()).isEqualTo(512 * 144);
  }

  @Test
  void saysWhereAValueIsOfAnotherKind() {
    GgufHeader header = GgufHeader.read(FILE);
    assertThatThrownBy(() -> header.whole("general.architecture"))
        .hasMessageContaining("general.architecture is \"deepseek2\" where a whole number is");
    assertThatThrownBy(() -> header.wholes("tokenizer.ggml.tokens", 512))
        .hasMessageContaining("is a list of STRING where whole numbers are needed");
  }

  @Test
  void refusesAListThatIsLongerThanItMayBe() {
    GgufHeader header = GgufHeader.read(FILE);
    assertThatThrownBy(() -> header.texts("tokenizer.ggml.tokens", 511))
        .hasMessage(
            FILE
                + ": tokenizer.ggml.tokens has 512 items where the model's embedding has room for"
                + " 511; the file may be damaged");
    assertThatThrownBy(() -> header.wholes("tokenizer.ggml.token_type", 511))
        .hasMessageContaining("tokenizer.ggml.token_type has 512 items");
  }

  @Test
  void refusesAFileCutAnywhereInItsHeader() throws Exception {
    byte[] whole = Files.readAllBytes(FILE);
    Path cut = folder.resolve("cut.gguf");
    for (int length = 0; length < whole.length; length += 97 + length / 7) {
      Files.write(cut, java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> GgufHeader.read(cut))
          .isInstanceOf(EngineException.class)
          .hasMessageStartingWith(cut + ": ")
          .hasMessageNotContaining("\n");
    }
  }
}
