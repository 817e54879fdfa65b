package io.reckon.engine.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The sizes of a dense MLA model, with the Hugging Face configuration and tensor names
 * (DeepSeek-V3) that follow from them. The output head is the embedding, transposed.
 *
 * @param vocabulary number of token ids
 * @param hidden width of the residual stream
 * @param queryLatent rank of the query compression
 * @param latent rank of the key-value latent
 * @param nope query-key numbers a head without rotary position
 * @param rope query-key numbers a head with it
 * @param value value numbers a head
 * @param theta base of the rotary frequencies
 * @param context most tokens of a prompt and its answer
 */
record ModelShape(
    int vocabulary,
    int hidden,
    int layers,
    int heads,
    int queryLatent,
    int latent,
    int nope,
    int rope,
    int value,
    int feedForward,
    double theta,
    int context) {
  /** One weight; {@code columns} 0 marks a vector. */
  record Weight(String name, int rows, int columns) {
    int size() {
      return rows * Math.max(columns, 1);
    }
  }

  /** The shape of the built-in model. */
  static ModelShape builtin(int vocabulary) {
    return new ModelShape(vocabulary, 192, 5, 6, 96, 64, 16, 16, 32, 448, 500, 1024);
  }

  /** All weights in the order of the training program's one vector. */
  List<Weight> weights() {
    List<Weight> all = new ArrayList<>();
    all.add(new Weight("model.embed_tokens.weight", vocabulary, hidden));
    for (int layer = 0; layer < layers; layer++) {
      addLayer(all, "model.layers." + layer + ".");
    }
    all.add(new Weight("model.norm.weight", hidden, 0));
    return all;
  }

  private void addLayer(List<Weight> all, String prefix) {
    String attention = prefix + "self_attn.";
    all.add(new Weight(prefix + "input_layernorm.weight", hidden, 0));
    all.add(new Weight(attention + "q_a_proj.weight", queryLatent, hidden));
    all.add(new Weight(attention + "q_a_layernorm.weight", queryLatent, 0));
    all.add(new Weight(attention + "q_b_proj.weight", heads * (nope + rope), queryLatent));
    all.add(new Weight(attention + "kv_a_proj_with_mqa.weight", latent + rope, hidden));
    all.add(new Weight(attention + "kv_a_layernorm.weight", latent, 0));
    all.add(new Weight(attention + "kv_b_proj.weight", heads * (nope + value), latent));
    all.add(new Weight(attention + "o_proj.weight", hidden, heads * value));
    all.add(new Weight(prefix + "post_attention_layernorm.weight", hidden, 0));
    all.add(new Weight(prefix + "mlp.gate_proj.weight", feedForward, hidden));
    all.add(new Weight(prefix + "mlp.up_proj.weight", feedForward, hidden));
    all.add(new Weight(prefix + "mlp.down_proj.weight", hidden, feedForward));
  }

  int parameters() {
    return weights().stream().mapToInt(Weight::size).sum();
  }

  /** The {@code config.json} of this shape. */
  String configuration() {
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.putArray("architectures").add("DeepseekV3ForCausalLM");
    node.put("model_type", "deepseek_v3");
    node.put("vocab_size", vocabulary).put("hidden_size", hidden);
    node.put("num_hidden_layers", layers).put("first_k_dense_replace", layers);
    node.put("num_attention_heads", heads).put("num_key_value_heads", heads);
    node.put("q_lora_rank", queryLatent).put("kv_lora_rank", latent);
    node.put("qk_nope_head_dim", nope).put("qk_rope_head_dim", rope).put("v_head_dim", value);
    node.put("intermediate_size", feedForward).putNull("n_routed_experts");
    node.put("rms_norm_eps", 1e-6).put("rope_theta", theta).putNull("rope_scaling");
    node.put("max_position_embeddings", context).put("hidden_act", "silu");
    node.put("tie_word_embeddings", true).put("torch_dtype", "bfloat16");
    node.put("bos_token_id", 0).put("eos_token_id", 1).put("pad_token_id", 2);
    return node.toPrettyString() + "\n";
  }
}
