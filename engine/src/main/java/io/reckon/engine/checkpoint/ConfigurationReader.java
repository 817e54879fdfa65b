package io.reckon.engine.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the configuration of a DeepSeek V2 or V3 model, or of a Youtu-LLM, whose layers are the
 * dense ones of V3, and reports all its problems at once.
 */
final class ConfigurationReader {
  private static final long LIMIT_BYTES = 1 << 20;
  private static final int LARGEST_SIZE = 1 << 24;
  private static final int MOST_LAYERS = 1024;

  /** Far beyond any model; keeps every product of two sizes inside an int. */
  private static final int LARGEST_HEAD = 1 << 12;

  /** Far above what is lost by writing a number down, far below what changes an answer. */
  private static final double MAGNITUDE_TOLERANCE = 1e-6;

  private static final String FP8_SQUARE = "[%1$d,%1$d]".formatted(ScaledMatrix.SQUARE);

  private static final Set<String> DEEPSEEK = Set.of("deepseek_v2", "deepseek_v3");

  /** The same model by its newer and its older name. */
  private static final Set<String> YOUTU = Set.of("youtu", "youtu_llm");

  private final JsonNode config;
  private final Map<String, String> namesInFile;
  private final List<String> problems = new ArrayList<>();

  private ConfigurationReader(JsonNode config, Map<String, String> namesInFile) {
    this.config = config;
    this.namesInFile = namesInFile;
  }

  /** Reads {@code config.json} and, for end tokens, {@code generation_config.json}. */
  static ModelConfiguration read(Path folder) {
    Path file = folder.resolve("config.json");
    ConfigurationReader reader =
        new ConfigurationReader(JsonFile.read(file, LIMIT_BYTES), Map.of());
    return reader.checked(file, reader.endTokensOfGeneration(folder));
  }

  /**
   * Reads what another file says in the words of a {@code config.json}.
   *
   * @param namesInFile what stands there for a key, for messages
   */
  static ModelConfiguration read(Path file, JsonNode config, Map<String, String> namesInFile) {
    return new ConfigurationReader(config, namesInFile).checked(file, Set.of());
  }

  private ModelConfiguration checked(Path file, Set<Integer> moreEndTokens) {
    ModelConfiguration configuration = configuration(moreEndTokens);
    if (!problems.isEmpty()) {
      throw CheckpointErrors.bad(file, String.join("; ", problems));
    }
    return configuration;
  }

  private Set<Integer> endTokensOfGeneration(Path folder) {
    Path file = folder.resolve("generation_config.json");
    return Files.exists(file) ? endTokens(JsonFile.read(file, LIMIT_BYTES)) : Set.of();
  }

  private ModelConfiguration configuration(Set<Integer> moreEndTokens) {
    refuseOtherModels();
    refuseUnsupportedParts();
    Set<Integer> endTokens = new TreeSet<>(moreEndTokens);
    endTokens.addAll(endTokens(config));
    endTokens.removeIf(id -> id >= config.path("vocab_size").asInt()); // They never come.
    return new ModelConfiguration(
        size("hidden_size"),
        size("num_hidden_layers", MOST_LAYERS),
        size("num_attention_heads", LARGEST_HEAD),
        config.path("q_lora_rank").isNull() ? 0 : size("q_lora_rank"),
        size("kv_lora_rank"),
        size("qk_nope_head_dim", LARGEST_HEAD),
        evenSize("qk_rope_head_dim"),
        size("v_head_dim", LARGEST_HEAD),
        size("intermediate_size"),
        size("vocab_size"),
        number(config, "rms_norm_eps", 1e-6, 0, 1),
        number(rope(), "rope_theta", 10000, 1, 1e12),
        scaling(),
        size("max_position_embeddings"),
        flag("tie_word_embeddings", isYoutu()),
        List.copyOf(endTokens));
  }

  private void refuseOtherModels() {
    JsonNode type = config.path("model_type");
    if (!DEEPSEEK.contains(type.asText()) && !isYoutu()) {
      problems.add(
          said("model_type", type)
              + "; only deepseek_v2, deepseek_v3, youtu and youtu_llm are supported");
    }
  }

  private boolean isYoutu() {
    return YOUTU.contains(config.path("model_type").asText());
  }

  private void refuseUnsupportedParts() {
    if (hasExperts()) {
      problems.add(
          said("n_routed_experts", config.path("n_routed_experts"))
              + ": experts are not supported; give a dense model");
    }
    if (!config.path("hidden_act").asText("silu").equals("silu")) {
      problems.add(said("hidden_act", config.path("hidden_act")) + "; only silu is supported");
    }
    for (String bias : List.of("attention_bias", "mlp_bias")) {
      if (flag(bias, false)) {
        problems.add(bias + " is true; only models without biases are supported");
      }
    }
    if (isYoutu() && !rope().hasNonNull("rope_theta")) { // Programs differ in what they take then.
      problems.add("rope_theta is missing; give the model's own");
    }
    if (!flag("rope_interleave", true)) {
      problems.add("rope_interleave is false; only interleaved rotary pairs are supported");
    }
    refuseOtherQuantization();
  }

  private void refuseOtherQuantization() {
    JsonNode quantization = config.path("quantization_config");
    if (quantization.isMissingNode() || quantization.isNull()) {
      return;
    }
    JsonNode square = quantization.path("weight_block_size");
    if (!quantization.path("quant_method").asText().equals("fp8")
        || !(square.isMissingNode() || square.toString().equals(FP8_SQUARE))) {
      problems.add(
          said("quantization_config", quantization)
              + "; give fp8 weights with weight_block_size "
              + FP8_SQUARE
              + ", bf16, f16 or f32 ones, or a GGUF");
    }
  }

  /** Layers below {@code first_k_dense_replace} have none. */
  private boolean hasExperts() {
    return config.hasNonNull("n_routed_experts")
        && !config.path("n_routed_experts").asText().equals("0")
        && config.path("first_k_dense_replace").asInt(0)
            < config.path("num_hidden_layers").asInt(0);
  }

  private RotaryScaling scaling() {
    JsonNode scaling =
        config.hasNonNull("rope_scaling")
            ? config.path("rope_scaling")
            : config.path("rope_parameters");
    if (!scaling.isObject() && !scaling.isMissingNode() && !scaling.isNull()) {
      problems.add(said("rope_scaling", scaling) + "; it must be an object or null");
    }
    String type = scaling.path("rope_type").asText(scaling.path("type").asText("default"));
    return switch (type) {
      case "default" -> new RotaryScaling.None();
      case "yarn" -> yarn(scaling);
      default -> {
        problems.add("rope_scaling has type '" + type + "'; only yarn is supported");
        yield new RotaryScaling.None();
      }
    };
  }

  private RotaryScaling yarn(JsonNode scaling) {
    int problemsBefore = problems.size();
    RotaryScaling.Yarn yarn =
        new RotaryScaling.Yarn(
            ofYarn(scaling, "factor", 1e6),
            (int) ofYarn(scaling, "original_max_position_embeddings", LARGEST_SIZE),
            number(scaling, "beta_fast", 32, 0, 1e6),
            number(scaling, "beta_slow", 1, 0, 1e6),
            number(scaling, "mscale", 1, -1, 1e3),
            number(scaling, "mscale_all_dim", 0, -1, 1e3));
    if (problems.size() == problemsBefore) {
      refuseOtherMagnitude(scaling, yarn.magnitude());
    }
    if (!flag(scaling, "truncate", true)) {
      problems.add("truncate is false; only yarn that rounds its range of pairs is supported");
    }
    return yarn;
  }

  /** What programs take in its place, where it is missing, differs. */
  private double ofYarn(JsonNode scaling, String key, double most) {
    if (!scaling.hasNonNull(key)) {
      problems.add(said(key, scaling.path(key)) + "; yarn needs it, give the model's own");
    }
    return number(scaling, key, 1, 0, most);
  }

  private void refuseOtherMagnitude(JsonNode scaling, double magnitude) {
    double given = number(scaling, "attention_factor", magnitude, 0, 1e6);
    if (Math.abs(given - magnitude) > MAGNITUDE_TOLERANCE) {
      problems.add(
          said("attention_factor", scaling.path("attention_factor"))
              + "; only what mscale and mscale_all_dim give is supported, "
              + magnitude);
    }
  }

  private JsonNode rope() {
    return config.has("rope_theta") ? config : config.path("rope_parameters");
  }

  private int evenSize(String key) {
    int problemsBefore = problems.size();
    int size = size(key, LARGEST_HEAD);
    if (size % 2 != 0 && problems.size() == problemsBefore) {
      problems.add(namesInFile.getOrDefault(key, key) + " is " + size + "; it must be even");
    }
    return size;
  }

  private int size(String key) {
    return size(key, LARGEST_SIZE);
  }

  private int size(String key, int largest) {
    JsonNode value = config.path(key);
    if (!isInt(value) || value.asInt() < 1 || value.asInt() > largest) {
      problems.add(said(key, value) + "; it must be a whole number from 1 to " + largest);
      return 1;
    }
    return value.asInt();
  }

  private double number(JsonNode parent, String key, double otherwise, double above, double most) {
    JsonNode value = parent.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isNumber() || !(value.asDouble() > above && value.asDouble() <= most)) {
      problems.add(
          said(key, value) + "; it must be a number above " + above + " and up to " + most);
      return otherwise;
    }
    return value.asDouble();
  }

  private boolean flag(String key, boolean otherwise) {
    return flag(config, key, otherwise);
  }

  private boolean flag(JsonNode parent, String key, boolean otherwise) {
    JsonNode value = parent.path(key);
    if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
      problems.add(said(key, value) + "; it must be true or false");
    }
    return value.asBoolean(otherwise);
  }

  private Set<Integer> endTokens(JsonNode parent) {
    JsonNode ids = parent.path("eos_token_id");
    Set<Integer> tokens = new TreeSet<>();
    for (JsonNode id : ids.isArray() ? ids : List.of(ids)) {
      if (isInt(id) && id.asInt() >= 0) {
        tokens.add(id.asInt());
      } else if (!id.isMissingNode() && !id.isNull()) {
        problems.add(said("eos_token_id", ids) + "; it must be a token's id or a list of them");
      }
    }
    return tokens;
  }

  private static boolean isInt(JsonNode value) {
    return value.isIntegralNumber() && value.canConvertToInt();
  }

  private String said(String key, JsonNode value) {
    return namesInFile.getOrDefault(key, key)
        + (value.isMissingNode() ? " is missing" : " is " + CheckpointErrors.shown(value));
  }
}
