package io.reckon.engine.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads {@code config.json} of a DeepSeek V2 or V3 model and reports all its problems at once. */
final class ConfigurationReader {
  private static final long LIMIT_BYTES = 4 << 20;
  private static final int LARGEST_SIZE = 1 << 24;
  private static final int MOST_LAYERS = 1024;
  private static final Set<String> MODEL_TYPES = Set.of("deepseek_v2", "deepseek_v3");

  private final JsonNode config;
  private final List<String> problems = new ArrayList<>();

  private ConfigurationReader(JsonNode config) {
    this.config = config;
  }

  static ModelConfiguration read(Path folder) {
    Path file = folder.resolve("config.json");
    ConfigurationReader reader = new ConfigurationReader(JsonFile.read(file, LIMIT_BYTES));
    ModelConfiguration configuration = reader.configuration(generationEndTokens(folder));
    if (!reader.problems.isEmpty()) {
      throw CheckpointErrors.bad(file, String.join("; ", reader.problems));
    }
    return configuration;
  }

  private static Set<Integer> generationEndTokens(Path folder) {
    Path file = folder.resolve("generation_config.json");
    return Files.exists(file)
        ? endTokens(JsonFile.read(file, LIMIT_BYTES).path("eos_token_id"))
        : Set.of();
  }

  private ModelConfiguration configuration(Set<Integer> moreEndTokens) {
    refuseOtherModels();
    refuseUnsupportedParts();
    Set<Integer> endTokens = new TreeSet<>(moreEndTokens);
    endTokens.addAll(endTokens(config.path("eos_token_id")));
    return new ModelConfiguration(
        size("hidden_size"),
        size("num_hidden_layers", MOST_LAYERS),
        size("num_attention_heads"),
        config.path("q_lora_rank").isNull() ? 0 : size("q_lora_rank"),
        size("kv_lora_rank"),
        size("qk_nope_head_dim"),
        evenSize("qk_rope_head_dim"),
        size("v_head_dim"),
        size("intermediate_size"),
        size("vocab_size"),
        positive(config, "rms_norm_eps", 1e-6),
        positive(rope(), "rope_theta", 10000),
        scaling(),
        size("max_position_embeddings"),
        config.path("tie_word_embeddings").asBoolean(false),
        List.copyOf(endTokens));
  }

  private void refuseOtherModels() {
    String type = config.path("model_type").asText("");
    if (!MODEL_TYPES.contains(type)) {
      problems.add(
          "model_type is '" + type + "'; only deepseek_v2 and deepseek_v3 (dense) are supported");
    }
  }

  private void refuseUnsupportedParts() {
    int dense = config.path("first_k_dense_replace").asInt(0);
    if (config.path("n_routed_experts").asInt(0) > 0
        && dense < config.path("num_hidden_layers").asInt(0)) {
      problems.add(
          "n_routed_experts is "
              + config.path("n_routed_experts")
              + ": experts are not supported; give a dense model");
    }
    if (!config.path("hidden_act").asText("silu").equals("silu")) {
      problems.add("hidden_act is " + config.path("hidden_act") + "; only silu is supported");
    }
    if (config.path("attention_bias").asBoolean(false)) {
      problems.add("attention_bias is true; only models without biases are supported");
    }
    if (!config.path("rope_interleave").asBoolean(true)) {
      problems.add("rope_interleave is false; only interleaved rotary pairs are supported");
    }
    if (config.hasNonNull("quantization_config")) {
      problems.add("quantization_config is set; give the bf16, f16 or f32 weights");
    }
  }

  private RotaryScaling scaling() {
    JsonNode scaling =
        config.hasNonNull("rope_scaling")
            ? config.path("rope_scaling")
            : config.path("rope_parameters");
    String type = scaling.path("rope_type").asText(scaling.path("type").asText("default"));
    return switch (type) {
      case "default" -> new RotaryScaling.None();
      case "yarn" -> yarn(scaling);
      default -> {
        problems.add("rope_scaling is of type '" + type + "'; only yarn is supported");
        yield new RotaryScaling.None();
      }
    };
  }

  private RotaryScaling yarn(JsonNode scaling) {
    return new RotaryScaling.Yarn(
        positive(scaling, "factor", 1),
        (int) positive(scaling, "original_max_position_embeddings", 4096),
        positive(scaling, "beta_fast", 32),
        positive(scaling, "beta_slow", 1),
        scaling.path("mscale").asDouble(1),
        scaling.path("mscale_all_dim").asDouble(0));
  }

  private JsonNode rope() {
    return config.has("rope_theta") ? config : config.path("rope_parameters");
  }

  private int evenSize(String key) {
    int size = size(key);
    if (size % 2 != 0) {
      problems.add(key + " is " + size + "; it must be even");
    }
    return size;
  }

  private int size(String key) {
    return size(key, LARGEST_SIZE);
  }

  private int size(String key, int largest) {
    JsonNode value = config.path(key);
    if (!value.isIntegralNumber() || value.asLong() < 1 || value.asLong() > largest) {
      problems.add(
          key
              + (value.isMissingNode() ? " is missing" : " is " + value)
              + "; it must be a whole number from 1 to "
              + largest);
      return 1;
    }
    return value.asInt();
  }

  private double positive(JsonNode parent, String key, double otherwise) {
    JsonNode value = parent.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isNumber() || !(value.asDouble() > 0) || Double.isInfinite(value.asDouble())) {
      problems.add(key + " is " + value + "; it must be a number above 0");
      return otherwise;
    }
    return value.asDouble();
  }

  private static Set<Integer> endTokens(JsonNode ids) {
    Set<Integer> tokens = new TreeSet<>();
    if (ids.isInt()) {
      tokens.add(ids.asInt());
    }
    ids.forEach(id -> tokens.add(id.asInt()));
    return tokens;
  }
}
