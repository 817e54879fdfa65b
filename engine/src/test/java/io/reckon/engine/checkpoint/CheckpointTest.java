package io.reckon.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reckon.engine.RandomCheckpoint;
import io.reckon.engine.api.EngineException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    assertThat(checkpoint.matrix(WeightLayout.EMBEDDING).columns()).isEqualTo(48);
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "generation_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "chat_template.jinja"
      })
  void fingerprintsWhatChangesPromptsAndEnds(String name) throws Exception {
    String without = Checkpoint.open(model().toString()).fingerprint();
    Files.writeString(folder.resolve(name), "{}");
    assertThat(Checkpoint.open(folder.toString()).fingerprint()).isNotEqualTo(without);
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
    assertRefused(
        "names the shard \"../model.safetensors\"; give plain names of .safetensors files");
    index.putObject("weight_map").put("any", "model-00002-of-00001.safetensors");
    write("model.safetensors.index.json", index);
    assertRefused("model-00002-of-00001.safetensors: there is no such file; the download");
    index.putObject("weight_map");
    write("model.safetensors.index.json", index);
    assertRefused("has no weight_map");
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
    assertRefused("model_type is \"llama\"; only deepseek_v2, deepseek_v3, youtu and");
  }

  @ParameterizedTest
  @ValueSource(strings = {"youtu", "youtu_llm"})
  void tiesTheEmbeddingOfAYoutuUnlessItSaysOtherwise(String type) throws Exception {
    change(config -> config.remove("tie_word_embeddings"));
    assertRefused("tensor lm_head.weight is missing");
    change(config -> config.put("model_type", type).remove("tie_word_embeddings"));
    assertThat(Checkpoint.open(folder.toString()).configuration().tiedEmbedding()).isTrue();
    change(config -> config.put("model_type", type).put("tie_word_embeddings", false));
    assertRefused("tensor lm_head.weight is missing");
  }

  @Test
  void refusesAYoutuWithBiasesOrWithoutItsRotaryBase() throws Exception {
    change(config -> config.put("model_type", "youtu").put("mlp_bias", true).remove("rope_theta"));
    assertRefused("mlp_bias is true; only models without biases are supported");
    assertRefused("rope_theta is missing; give the model's own");
  }

  @Test
  void refusesAnAbsurdNumberOfLayers() throws Exception {
    change(config -> config.put("num_hidden_layers", 2_000_000_000));
    assertRefused("num_hidden_layers is 2000000000; it must be a whole number from 1 to 1024");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "hidden_size | '48' | is \"48\"; it must be a whole number from 1",
        "hidden_size | 18446744073709551664 | is 18446744073709551664; it must be a whole number",
        "num_attention_heads | 16777216 | it must be a whole number from 1 to 4096",
        "vocab_size | null | vocab_size is null; it must be a whole number",
        "rms_norm_eps | 1e400 | it must be a number above 0.0 and up to 1.0",
        "rope_theta | 1 | it must be a number above 1.0",
        "tie_word_embeddings | 'yes' | is \"yes\"; it must be true or false",
        "eos_token_id | [1,'two'] | it must be a token's id or a list of them",
        "eos_token_id | -1 | eos_token_id is -1",
        "rope_scaling | 'yarn' | rope_scaling is \"yarn\"; it must be an object",
        "rope_scaling | {'type':'yarn','factor':'4'} | factor is \"4\"; it must be a number above",
        "rope_scaling | {'type':'yarn','factor':4,'mscale':[]} | mscale is []",
        "rope_scaling | {'type':'yarn'} | factor is missing; yarn needs it, give the model's own",
        "rope_scaling | {'type':'yarn','factor':null} | factor is null; yarn needs it",
        "rope_scaling | {'type':'yarn','factor':4} | original_max_position_embeddings is missing;",
        "rope_scaling | {'type':'yarn','truncate':false} | truncate is false; only yarn that rounds",
        "rope_scaling | {'type':'yarn','truncate':0} | truncate is 0; it must be true or false",
        "n_routed_experts | 'many' | n_routed_experts is \"many\": experts are not supported",
        "hidden_size | [[[[1]]]] | hidden_size is [[[[1]]]]"
      })
  void namesTheValueThatIsNoGood(String key, String value, String message) throws Exception {
    JsonNode bad = new JsonMapper().readTree(value.replace('\'', '"'));
    change(config -> config.set(key, bad));
    assertRefused(message);
  }

  /** Without mscale, ln 4 / 10 + 1; with two that are the same, 1. */
  @ParameterizedTest
  @CsvSource({"1.1386294, 0", "1, 1", "null, 1", "null, 0"})
  void takesAnAttentionFactorThatSaysTheSameAsMscale(String factor, double mscale)
      throws Exception {
    JsonNode yarn = yarn(factor, mscale);
    change(config -> config.set("rope_scaling", yarn));
    assertThat(Checkpoint.open(folder.toString()).configuration().ropeScaling())
        .isInstanceOf(RotaryScaling.Yarn.class);
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "1.1386, 0", "1.1386294, 1", "1.00001, 1"})
  void refusesAnotherAttentionFactor(String factor, double mscale) throws Exception {
    JsonNode yarn = yarn(factor, mscale);
    change(config -> config.set("rope_scaling", yarn));
    assertRefused(
        "attention_factor is " + factor + "; only what mscale and mscale_all_dim give is");
  }

  @Test
  void refusesAnAttentionFactorThatIsNoNumber() throws Exception {
    JsonNode yarn = yarn("\"1\"", 1);
    change(config -> config.set("rope_scaling", yarn));
    assertRefused("attention_factor is \"1\"; it must be a number above 0");
  }

  private static JsonNode yarn(String attentionFactor, double mscale) throws Exception {
    return new JsonMapper()
        .readTree(
            """
            {"type": "yarn", "factor": 4, "original_max_position_embeddings": 64,
             "truncate": true, "attention_factor": %s, "mscale": 1, "mscale_all_dim": %s}
            """
                .formatted(attentionFactor, mscale));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "{\"a\":1,\"a\":2}", "{\"hidden_size\": NaN}", "{\"a\": 1", "\u0000"})
  void refusesAConfigurationThatIsNoJsonObject(String text) throws Exception {
    Files.writeString(model().resolve("config.json"), text);
    assertRefused("config.json: is not ");
  }

  @Test
  void refusesAConfigurationThatIsNestedOrLongBeyondReason() throws Exception {
    Files.writeString(model().resolve("config.json"), "{\"a\":" + "[".repeat(1 << 19));
    assertRefused("nesting depth");
    Files.writeString(folder.resolve("config.json"), " ".repeat(2 << 20));
    assertRefused("has 2097152 bytes where 1048576 are allowed");
  }

  @Test
  void refusesATensorThatStandsInTwoShards() throws Exception {
    Path single = model().resolve("model.safetensors");
    Files.copy(single, folder.resolve("a.safetensors"));
    Files.move(single, folder.resolve("b.safetensors"));
    ObjectNode index = new JsonMapper().createObjectNode();
    index.putObject("weight_map").put("x", "a.safetensors").put("y", "b.safetensors");
    write("model.safetensors.index.json", index);
    assertRefused("stands in a.safetensors too");
  }

  @Test
  void refusesWeightsOfAnotherTypeBeforeItReadsAny() throws Exception {
    Path file = model().resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    String header = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = header.indexOf("F32");
    bytes[at] = 'I';
    Files.write(file, bytes);
    assertRefused("is of type I32; give F32, F16, BF16, F8_E4M3, Q8_0");
  }

  @Test
  void refusesWeightsThatDoNotFitTheConfiguration() throws Exception {
    change(config -> config.put("num_hidden_layers", 3).put("vocab_size", 97));
    assertRefused("tensor model.layers.2.input_layernorm.weight is missing");
    assertRefused(
        "tensor model.embed_tokens.weight has shape [96, 48] where the configuration asks for [97, 48]");
    assertRefused("and 8 more");
  }

  @Test
  void refusesAFolderWithoutAModel(@TempDir Path empty) {
    assertThatThrownBy(() -> Checkpoint.open(empty.toString()))
        .hasMessageContaining("config.json: there is no such file");
    assertThatThrownBy(() -> Checkpoint.open(empty.resolve("none").toString()))
        .hasMessageContaining("there is no such file or folder; give 'builtin',");
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
