package io.reckon.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reckon.engine.RandomCheckpoint;
import io.reckon.engine.api.EngineException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  @TempDir Path folder;

  @Test
  void readsAFolder() throws Exception {
    Checkpoint checkpoint = Checkpoint.open(model().toString());
    ModelConfiguration configuration = checkpoint.configuration();
    assertThat(checkpoint.name()).isEqualTo(folder.getFileName().toString());
    assertThat(configuration.heads()).isEqualTo(3);
    assertThat(configuration.cacheWidth()).isEqualTo(24);
    assertThat(configuration.endTokens()).containsExactly(1);
    assertThat(checkpoint.tensor(WeightLayout.EMBEDDING).shape()).containsExactly(96, 48);
  }

  @Test
  void takesEndTokensOfTheGenerationConfigurationToo() throws Exception {
    Files.writeString(model().resolve("generation_config.json"), "{\"eos_token_id\":[5,1]}");
    assertThat(Checkpoint.open(folder.toString()).configuration().endTokens())
        .containsExactly(1, 5);
  }

  @Test
  void fingerprintsContentNotPlace(@TempDir Path other) throws Exception {
    String fingerprint = Checkpoint.open(model().toString()).fingerprint();
    new RandomCheckpoint(1).write(other);
    assertThat(Checkpoint.open(other.toString()).fingerprint()).isEqualTo(fingerprint);
    new RandomCheckpoint(2).write(other);
    assertThat(Checkpoint.open(other.toString()).fingerprint()).isNotEqualTo(fingerprint);
  }

  @Test
  void readsShards() throws Exception {
    Path single = model().resolve("model.safetensors");
    Files.move(single, folder.resolve("model-00001-of-00001.safetensors"));
    ObjectNode index = new JsonMapper().createObjectNode();
    index.putObject("weight_map").put("any", "model-00001-of-00001.safetensors");
    write("model.safetensors.index.json", index);
    assertThat(Checkpoint.open(folder.toString()).parameters()).isPositive();
    index.putObject("weight_map").put("any", "../model.safetensors");
    write("model.safetensors.index.json", index);
    assertRefused("names the shard '../model.safetensors'; give plain file names");
  }

  @Test
  void reportsAllProblemsOfAConfigurationAtOnce() throws Exception {
    change(
        config -> {
          config.remove("kv_lora_rank");
          config.put("hidden_size", -4).put("qk_rope_head_dim", 7).put("hidden_act", "gelu");
        });
    assertRefused("kv_lora_rank is missing");
    assertRefused("hidden_size is -4; it must be a whole number from 1");
    assertRefused("qk_rope_head_dim is 7; it must be even");
    assertRefused("hidden_act is \"gelu\"; only silu is supported");
  }

  @Test
  void refusesExpertsByName() throws Exception {
    change(config -> config.put("n_routed_experts", 256).put("first_k_dense_replace", 1));
    assertRefused("n_routed_experts is 256: experts are not supported; give a dense model");
  }

  @Test
  void refusesAnotherArchitecture() throws Exception {
    change(config -> config.put("model_type", "llama"));
    assertRefused("model_type is 'llama'; only deepseek_v2 and deepseek_v3 (dense)");
  }

  @Test
  void refusesAnAbsurdNumberOfLayers() throws Exception {
    change(config -> config.put("num_hidden_layers", 2_000_000_000));
    assertRefused("num_hidden_layers is 2000000000; it must be a whole number from 1 to 1024");
  }

  @Test
  void refusesWeightsThatDoNotFitTheConfiguration() throws Exception {
    change(config -> config.put("num_hidden_layers", 3).put("vocab_size", 97));
    assertRefused("tensor model.layers.2.input_layernorm.weight is missing");
    assertRefused(
        "tensor model.embed_tokens.weight has shape [96, 48] where config.json asks for [97, 48]");
    assertRefused("and 8 more");
  }

  @Test
  void refusesAFolderWithoutAModel(@TempDir Path empty) {
    assertThatThrownBy(() -> Checkpoint.open(empty.toString()))
        .hasMessageContaining("config.json: there is no such file");
    assertThatThrownBy(() -> Checkpoint.open(empty.resolve("none").toString()))
        .hasMessageContaining("there is no such folder; give 'builtin' or");
  }

  private Path model() throws Exception {
    return new RandomCheckpoint(1).write(folder);
  }

  private void change(Consumer<ObjectNode> change) throws Exception {
    Path file = model().resolve("config.json");
    ObjectNode config = (ObjectNode) new JsonMapper().readTree(file.toFile());
    change.accept(config);
    write("config.json", config);
  }

  private void write(String name, ObjectNode json) throws Exception {
    new JsonMapper().writeValue(folder.resolve(name).toFile(), json);
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> Checkpoint.open(folder.toString()))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }
}
