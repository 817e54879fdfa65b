package io.reckon.engine.checkpoint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which tensors a model of a given shape is made of, by their DeepSeek names. */
public final class WeightLayout {
  public static final String EMBEDDING = "model.embed_tokens.weight";
  public static final String FINAL_NORM = "model.norm.weight";
  public static final String OUTPUT = "lm_head.weight";

  private WeightLayout() {}

  /** Every tensor with its shape, in the order of the computation. */
  public static Map<String, List<Integer>> tensors(ModelConfiguration model) {
    Map<String, List<Integer>> tensors = new LinkedHashMap<>();
    tensors.put(EMBEDDING, List.of(model.vocabularySize(), model.hiddenSize()));
    for (int layer = 0; layer < model.layers(); layer++) {
      tensors.putAll(layer(model, layer));
    }
    tensors.put(FINAL_NORM, List.of(model.hiddenSize()));
    if (!model.tiedEmbedding()) {
      tensors.put(OUTPUT, List.of(model.vocabularySize(), model.hiddenSize()));
    }
    return tensors;
  }

  /** Numbers in all tensors. */
  public static long parameters(ModelConfiguration model) {
    return tensors(model).values().stream()
        .mapToLong(shape -> shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b))
        .sum();
  }

  /** What the names of a layer's tensors begin with. */
  public static String layerPrefix(int layer) {
    return "model.layers." + layer + ".";
  }

  /** The tensors of one layer. */
  public static Map<String, List<Integer>> layer(ModelConfiguration model, int layer) {
    Map<String, List<Integer>> tensors = new LinkedHashMap<>();
    String prefix = layerPrefix(layer);
    tensors.put(prefix + "input_layernorm.weight", List.of(model.hiddenSize()));
    attention(model).forEach((name, shape) -> tensors.put(prefix + "self_attn." + name, shape));
    tensors.put(prefix + "post_attention_layernorm.weight", List.of(model.hiddenSize()));
    feedForward(model).forEach((name, shape) -> tensors.put(prefix + "mlp." + name, shape));
    return tensors;
  }

  private static Map<String, List<Integer>> attention(ModelConfiguration model) {
    int hidden = model.hiddenSize();
    int queries = model.heads() * (model.nopeSize() + model.ropeSize());
    Map<String, List<Integer>> tensors = new LinkedHashMap<>();
    if (model.compressesQuery()) {
      tensors.put("q_a_proj.weight", List.of(model.queryRank(), hidden));
      tensors.put("q_a_layernorm.weight", List.of(model.queryRank()));
      tensors.put("q_b_proj.weight", List.of(queries, model.queryRank()));
    } else {
      tensors.put("q_proj.weight", List.of(queries, hidden));
    }
    tensors.put("kv_a_proj_with_mqa.weight", List.of(model.cacheWidth(), hidden));
    tensors.put("kv_a_layernorm.weight", List.of(model.latentRank()));
    int keysAndValues = model.heads() * (model.nopeSize() + model.valueSize());
    tensors.put("kv_b_proj.weight", List.of(keysAndValues, model.latentRank()));
    tensors.put("o_proj.weight", List.of(hidden, model.heads() * model.valueSize()));
    return tensors;
  }

  private static Map<String, List<Integer>> feedForward(ModelConfiguration model) {
    List<Integer> inward = List.of(model.feedForwardSize(), model.hiddenSize());
    Map<String, List<Integer>> tensors = new LinkedHashMap<>();
    tensors.put("gate_proj.weight", inward);
    tensors.put("up_proj.weight", inward);
    tensors.put("down_proj.weight", List.of(model.hiddenSize(), model.feedForwardSize()));
    return tensors;
  }
}
