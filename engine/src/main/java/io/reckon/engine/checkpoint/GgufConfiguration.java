package io.reckon.engine.checkpoint;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Says what a GGUF's metadata says in the words of a Hugging Face {@code config.json}. */
final class GgufConfiguration {
  private static final String ARCHITECTURE = "deepseek2";
  private static final List<String> END_TOKENS =
      List.of("eos_token_id", "eot_token_id", "eom_token_id");

  private final GgufHeader header;
  private final ObjectNode config = new JsonMapper().createObjectNode();

  /** What stands in the file for a key of {@link #config}. */
  private final Map<String, String> keys = new HashMap<>();

  private GgufConfiguration(GgufHeader header) {
    this.header = header;
  }

  /**
   * Reads the configuration.
   *
   * @param tensors names of those in all parts of the model
   */
  static ModelConfiguration read(GgufHeader header, Map<String, StoredTensor> tensors) {
    String architecture = header.text("general.architecture").orElse("not given");
    if (!architecture.equals(ARCHITECTURE)) {
      throw CheckpointErrors.bad(
          header.path(),
          "general.architecture is %s; only %s (dense multi-head latent attention) is supported"
              .formatted(architecture, ARCHITECTURE));
    }
    GgufConfiguration reader = new GgufConfiguration(header);
    reader.translate(tensors);
    return ConfigurationReader.read(header.path(), reader.config, reader.keys);
  }

  private void translate(Map<String, StoredTensor> tensors) {
    config.put("model_type", "deepseek_v3");
    whole("hidden_size", "embedding_length");
    layers();
    whole("num_attention_heads", "attention.head_count");
    if (header.whole(key("attention.q_lora_rank")).orElse(0) == 0) {
      config.putNull("q_lora_rank");
    } else {
      whole("q_lora_rank", "attention.q_lora_rank");
    }
    whole("kv_lora_rank", "attention.kv_lora_rank");
    heads();
    whole("intermediate_size", "feed_forward_length");
    whole("max_position_embeddings", "context_length");
    fraction("rms_norm_eps", "attention.layer_norm_rms_epsilon");
    fraction("rope_theta", "rope.freq_base");
    vocabulary(tensors);
    scaling();
  }

  private void layers() {
    long unused = header.whole(key("nextn_predict_layers")).orElse(0);
    whole("num_hidden_layers", "block_count");
    if (unused > 0) {
      config.put("num_hidden_layers", config.path("num_hidden_layers").asLong() - unused);
    }
    if (header.whole(key("expert_count")).orElse(0) > 0) {
      whole("n_routed_experts", "expert_count");
      whole("first_k_dense_replace", "leading_dense_block_count");
    }
  }

  /** Where the file is made for the absorbed form, a head's own sizes have keys of their own. */
  private void heads() {
    whole("qk_rope_head_dim", "rope.dimension_count");
    String keyLength = either("attention.key_length_mla", "attention.key_length");
    whole("qk_nope_head_dim", keyLength);
    if (config.has("qk_nope_head_dim")) {
      config.put(
          "qk_nope_head_dim",
          config.path("qk_nope_head_dim").asLong() - config.path("qk_rope_head_dim").asLong());
    }
    whole("v_head_dim", either("attention.value_length_mla", "attention.value_length"));
  }

  private void vocabulary(Map<String, StoredTensor> tensors) {
    config.put("tie_word_embeddings", !tensors.containsKey(WeightLayout.OUTPUT));
    whole("vocab_size", "vocab_size");
    StoredTensor embedding = tensors.get(WeightLayout.EMBEDDING);
    if (!config.has("vocab_size") && embedding != null) {
      config.put("vocab_size", embedding.shape().get(0));
    }
    ArrayNode ends = config.putArray("eos_token_id");
    for (String end : END_TOKENS) {
      header.whole("tokenizer.ggml." + end).ifPresent(ends::add);
    }
  }

  private void scaling() {
    String type = header.text(key("rope.scaling.type")).orElse("none");
    if (type.equals("none")) {
      return;
    }
    ObjectNode scaling = config.putObject("rope_scaling").put("type", type);
    yarn(scaling, "factor", "rope.scaling.factor");
    yarn(scaling, "original_max_position_embeddings", "rope.scaling.original_context_length");
    yarn(scaling, "beta_fast", "rope.scaling.yarn_beta_fast");
    yarn(scaling, "beta_slow", "rope.scaling.yarn_beta_slow");
    // The file has a tenth of mscale_all_dim and no mscale, which is the same in all models that
    // DeepSeek published.
    OptionalDouble tenth = header.number(key("rope.scaling.yarn_log_multiplier"));
    if (tenth.isPresent()) {
      double weight = Double.parseDouble(Float.toString((float) tenth.getAsDouble())) * 10;
      scaling.put("mscale", weight).put("mscale_all_dim", weight);
    }
  }

  private void yarn(ObjectNode scaling, String name, String key) {
    keys.put(name, key(key));
    header.number(key(key)).ifPresent(value -> scaling.put(name, value));
  }

  private void whole(String name, String key) {
    keys.put(name, key(key));
    OptionalLong value = header.whole(key(key));
    value.ifPresent(number -> config.put(name, number));
  }

  private void fraction(String name, String key) {
    keys.put(name, key(key));
    // As the shortest decimal that the float stands for: 1e-6 and not 9.99999997e-7.
    header
        .number(key(key))
        .ifPresent(number -> config.put(name, Double.parseDouble(Float.toString((float) number))));
  }

  private String either(String first, String second) {
    return header.whole(key(first)).isPresent() ? first : second;
  }

  private static String key(String name) {
    return ARCHITECTURE + "." + name;
  }
}
