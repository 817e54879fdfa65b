package io.reckon.engine.checkpoint;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a GGUF of architecture {@code deepseek2} calls things, and what Hugging Face calls them. */
final class GgufNames {
  private static final Pattern LAYER = Pattern.compile("blk\\.(\\d{1,6})\\.(\\w+)\\.weight");

  private static final Pattern HUGGING_FACE_LAYER =
      Pattern.compile("model\\.layers\\.(\\d+)\\.(.+)\\.weight");

  private static final Map<String, String> TENSORS =
      Map.of(
          "token_embd.weight", WeightLayout.EMBEDDING,
          "output_norm.weight", WeightLayout.FINAL_NORM,
          "output.weight", WeightLayout.OUTPUT);

  private static final Map<String, String> LAYER_TENSORS =
      Map.ofEntries(
          Map.entry("attn_norm", "input_layernorm"),
          Map.entry("attn_q", "self_attn.q_proj"),
          Map.entry("attn_q_a", "self_attn.q_a_proj"),
          Map.entry("attn_q_a_norm", "self_attn.q_a_layernorm"),
          Map.entry("attn_q_b", "self_attn.q_b_proj"),
          Map.entry("attn_kv_a_mqa", "self_attn.kv_a_proj_with_mqa"),
          Map.entry("attn_kv_a_norm", "self_attn.kv_a_layernorm"),
          Map.entry("attn_kv_b", "self_attn.kv_b_proj"),
          Map.entry("attn_k_b", "self_attn.k_b_proj"),
          Map.entry("attn_v_b", "self_attn.v_b_proj"),
          Map.entry("attn_output", "self_attn.o_proj"),
          Map.entry("ffn_norm", "post_attention_layernorm"),
          Map.entry("ffn_gate", "mlp.gate_proj"),
          Map.entry("ffn_up", "mlp.up_proj"),
          Map.entry("ffn_down", "mlp.down_proj"));

  private GgufNames() {}

  /** A tensor's Hugging Face name; its own where there is none. */
  static String tensor(String name) {
    Matcher layer = LAYER.matcher(name);
    if (layer.matches() && LAYER_TENSORS.containsKey(layer.group(2))) {
      return "model.layers." + layer.group(1) + "." + LAYER_TENSORS.get(layer.group(2)) + ".weight";
    }
    return TENSORS.getOrDefault(name, name);
  }

  /** What a tensor of that Hugging Face name is called in a GGUF. */
  static String inFile(String name) {
    Matcher layer = HUGGING_FACE_LAYER.matcher(name);
    if (layer.matches()) {
      return "blk.%s.%s.weight".formatted(layer.group(1), keyOf(LAYER_TENSORS, layer.group(2)));
    }
    return keyOf(TENSORS, name);
  }

  private static String keyOf(Map<String, String> names, String name) {
    return names.entrySet().stream()
        .filter(entry -> entry.getValue().equals(name))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(name);
  }
}
