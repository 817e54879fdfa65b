package io.reckon.engine;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Makes small model folders of any shape with random float32 weights. */
public final class RandomCheckpoint {
  private final ObjectNode config = new JsonMapper().createObjectNode();
  private final Map<String, float[]> tensors = new TreeMap<>();
  private final Map<String, int[]> shapes = new TreeMap<>();
  private final Random random;
  private final Map<String, Integer> poisoned = new TreeMap<>();
  private boolean inSixteenths;

  /** A model of 2 layers with query compression, tied embedding and plain rotary frequencies. */
  public RandomCheckpoint(long seed) {
    random = new Random(seed);
    config.put("model_type", "deepseek_v3").put("hidden_act", "silu");
    config.put("hidden_size", 48).put("num_hidden_layers", 2).put("num_attention_heads", 3);
    config.put("q_lora_rank", 24).put("kv_lora_rank", 16);
    config.put("qk_nope_head_dim", 8).put("qk_rope_head_dim", 8).put("v_head_dim", 12);
    config.put("intermediate_size", 64).put("vocab_size", 96).put("rms_norm_eps", 1e-6);
    config.put("rope_theta", 500).put("max_position_embeddings", 512);
    config.put("tie_word_embeddings", true).put("eos_token_id", 1);
    config.putNull("rope_scaling").putNull("n_routed_experts");
  }

  public RandomCheckpoint with(String key, int value) {
    config.put(key, value);
    return this;
  }

  public RandomCheckpoint withoutQueryCompression() {
    config.putNull("q_lora_rank");
    return this;
  }

  /** Makes it a Youtu-LLM, whose configuration says less, and the rotary base elsewhere. */
  public RandomCheckpoint youtu() {
    config.put("model_type", "youtu").remove(List.of("rope_theta", "rope_scaling"));
    config.remove("n_routed_experts");
    ObjectNode rope = config.putObject("rope_parameters");
    rope.put("rope_theta", 500).put("rope_type", "default");
    return this;
  }

  public RandomCheckpoint untied() {
    config.put("tie_word_embeddings", false);
    return this;
  }

  /** Rounds matrices to what four bits can say: -7 to 8 sixteenths. */
  public RandomCheckpoint inSixteenths() {
    inSixteenths = true;
    return this;
  }

  public RandomCheckpoint yarn(double factor, double mscale, double mscaleAllDim) {
    ObjectNode scaling = config.putObject("rope_scaling");
    scaling.put("type", "yarn").put("factor", factor);
    scaling.put("original_max_position_embeddings", 64).put("beta_fast", 32).put("beta_slow", 1);
    scaling.put("mscale", mscale).put("mscale_all_dim", mscaleAllDim);
    return this;
  }

  /** Gives one token an embedding that is not a number. */
  public RandomCheckpoint poison(int token) {
    return poison("model.embed_tokens.weight", token * size("hidden_size"));
  }

  /** Makes a number of a tensor not a number. */
  public RandomCheckpoint poison(String tensor, int place) {
    poisoned.put(tensor, place);
    return this;
  }

  /** Writes {@code config.json} and {@code model.safetensors}. */
  public Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    new JsonMapper().writeValue(folder.resolve("config.json").toFile(), config);
    fill();
    writeTensors(folder.resolve("model.safetensors"));
    return folder;
  }

  ObjectNode config() {
    return config;
  }

  /** What was written, by name. */
  Map<String, float[]> tensors() {
    return tensors;
  }

  /** The shapes of what was written, rows first. */
  Map<String, int[]> shapes() {
    return shapes;
  }

  private int size(String key) {
    return config.path(key).asInt();
  }

  private void fill() {
    int hidden = size("hidden_size");
    matrix("model.embed_tokens", size("vocab_size"), hidden);
    for (int layer = 0; layer < size("num_hidden_layers"); layer++) {
      attention("model.layers." + layer + ".", hidden);
      feedForward("model.layers." + layer + ".", hidden);
    }
    norm("model.norm", hidden);
    if (!config.path("tie_word_embeddings").asBoolean()) {
      matrix("lm_head", size("vocab_size"), hidden);
    }
    poisoned.forEach((tensor, place) -> tensors.get(tensor)[place] = Float.NaN);
  }

  private void attention(String layer, int hidden) {
    String self = layer + "self_attn.";
    int heads = size("num_attention_heads");
    int nope = size("qk_nope_head_dim");
    int queries = heads * (nope + size("qk_rope_head_dim"));
    norm(layer + "input_layernorm", hidden);
    if (size("q_lora_rank") > 0) {
      matrix(self + "q_a_proj", size("q_lora_rank"), hidden);
      norm(self + "q_a_layernorm", size("q_lora_rank"));
      matrix(self + "q_b_proj", queries, size("q_lora_rank"));
    } else {
      matrix(self + "q_proj", queries, hidden);
    }
    int latent = size("kv_lora_rank");
    matrix(self + "kv_a_proj_with_mqa", latent + size("qk_rope_head_dim"), hidden);
    norm(self + "kv_a_layernorm", latent);
    matrix(self + "kv_b_proj", heads * (nope + size("v_head_dim")), latent);
    matrix(self + "o_proj", hidden, heads * size("v_head_dim"));
  }

  private void feedForward(String layer, int hidden) {
    int inner = size("intermediate_size");
    norm(layer + "post_attention_layernorm", hidden);
    matrix(layer + "mlp.gate_proj", inner, hidden);
    matrix(layer + "mlp.up_proj", inner, hidden);
    matrix(layer + "mlp.down_proj", hidden, inner);
  }

  private void matrix(String name, int rows, int columns) {
    float[] numbers = new float[rows * columns];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) (random.nextGaussian() / Math.sqrt(columns));
      if (inSixteenths) {
        numbers[i] = Math.max(-7, Math.min(8, Math.round(16 * numbers[i]))) / 16f;
      }
    }
    put(name, numbers, rows, columns);
  }

  private void norm(String name, int size) {
    float[] numbers = new float[size];
    for (int i = 0; i < size; i++) {
      numbers[i] = (float) (1 + 0.1 * random.nextGaussian());
    }
    put(name, numbers, size);
  }

  private void put(String name, float[] numbers, int... shape) {
    tensors.put(name + ".weight", numbers);
    shapes.put(name + ".weight", shape);
  }

  private void writeTensors(Path file) throws IOException {
    ObjectNode header = new JsonMapper().createObjectNode();
    long offset = 0;
    for (Map.Entry<String, float[]> tensor : tensors.entrySet()) {
      long end = offset + 4L * tensor.getValue().length;
      ObjectNode entry = header.putObject(tensor.getKey()).put("dtype", "F32");
      entry.set("shape", new JsonMapper().valueToTree(shapes.get(tensor.getKey())));
      entry.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(little(8).putLong(json.length).array());
      out.write(json);
      for (float[] numbers : tensors.values()) {
        byte[] bytes = new byte[4 * numbers.length];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(numbers);
        out.write(bytes);
      }
    }
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
