package io.reckon.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Writes a {@link RandomCheckpoint} as a GGUF, in the forms that there are. */
public final class RandomGguf {
  /** How a file holds the up-projection of keys and values. */
  public enum Up {
    /** One tensor, as converters wrote before there was an absorbed form. */
    WHOLE,
    /** Two tensors of three sizes, with the head's own sizes under keys of their own. */
    SPLIT,
    /** Two tensors of two sizes. */
    SPLIT_FLAT
  }

  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("model.embed_tokens", "token_embd"),
          Map.entry("model.norm", "output_norm"),
          Map.entry("lm_head", "output"),
          Map.entry("input_layernorm", "attn_norm"),
          Map.entry("self_attn.q_proj", "attn_q"),
          Map.entry("self_attn.q_a_proj", "attn_q_a"),
          Map.entry("self_attn.q_a_layernorm", "attn_q_a_norm"),
          Map.entry("self_attn.q_b_proj", "attn_q_b"),
          Map.entry("self_attn.kv_a_proj_with_mqa", "attn_kv_a_mqa"),
          Map.entry("self_attn.kv_a_layernorm", "attn_kv_a_norm"),
          Map.entry("self_attn.kv_b_proj", "attn_kv_b"),
          Map.entry("self_attn.o_proj", "attn_output"),
          Map.entry("post_attention_layernorm", "ffn_norm"),
          Map.entry("mlp.gate_proj", "ffn_gate"),
          Map.entry("mlp.up_proj", "ffn_up"),
          Map.entry("mlp.down_proj", "ffn_down"));

  private record Packed(int type, Function<float[], byte[]> pack) {}

  private final RandomCheckpoint model;
  private final JsonNode config;
  private final Up up;
  private final Map<String, Packed> packed = new HashMap<>();
  private Map<String, Integer> vocabulary = Map.of();

  /** For a model that was written before. */
  public RandomGguf(RandomCheckpoint model, Up up) {
    this.model = model;
    this.config = model.config();
    this.up = up;
  }

  /**
   * Packs a tensor of all layers, such as {@code ffn_down}, in place of floats.
   *
   * @param type its number in a GGUF
   */
  public RandomGguf packed(String name, int type, Function<float[], byte[]> pack) {
    packed.put(name, new Packed(type, pack));
    return this;
  }

  /**
   * Gives it a vocabulary of byte pairs.
   *
   * @param kinds of the tokens, by their spellings in the order of their ids
   */
  public RandomGguf vocabulary(Map<String, Integer> kinds) {
    vocabulary = kinds;
    return this;
  }

  /** Writes one file. */
  public Path write(Path file) throws IOException {
    return write(file, 0, 1);
  }

  /** Writes as many files as are wanted, and gives the last. */
  public Path writeParts(Path folder, int parts) throws IOException {
    Path file = folder;
    for (int part = 0; part < parts; part++) {
      file = folder.resolve("m-%05d-of-%05d.gguf".formatted(part + 1, parts));
      write(file, part, parts);
    }
    return file;
  }

  private Path write(Path file, int part, int parts) throws IOException {
    GgufWriter writer = new GgufWriter().whole("split.no", part).whole("split.count", parts);
    if (part == 0) {
      metadata(writer);
    }
    int number = 0;
    for (String name : new TreeMap<>(model.tensors()).keySet()) {
      if (number++ % parts == part) {
        tensor(writer, name);
      }
    }
    return writer.write(file);
  }

  private void metadata(GgufWriter writer) {
    int rope = size("qk_rope_head_dim");
    int keys = size("qk_nope_head_dim") + rope;
    writer.text("general.architecture", "deepseek2");
    for (String[] pair :
        new String[][] {
          {"embedding_length", "hidden_size"},
          {"block_count", "num_hidden_layers"},
          {"attention.head_count", "num_attention_heads"},
          {"attention.kv_lora_rank", "kv_lora_rank"},
          {"feed_forward_length", "intermediate_size"},
          {"vocab_size", "vocab_size"},
          {"context_length", "max_position_embeddings"},
          {"rope.dimension_count", "qk_rope_head_dim"}
        }) {
      writer.whole("deepseek2." + pair[0], size(pair[1]));
    }
    if (size("q_lora_rank") > 0) {
      writer.whole("deepseek2.attention.q_lora_rank", size("q_lora_rank"));
    }
    boolean absorbed = up == Up.SPLIT;
    int latent = size("kv_lora_rank");
    writer.whole("deepseek2.attention.key_length", absorbed ? latent + rope : keys);
    writer.whole("deepseek2.attention.value_length", absorbed ? latent : size("v_head_dim"));
    if (absorbed) {
      writer.whole("deepseek2.attention.key_length_mla", keys);
      writer.whole("deepseek2.attention.value_length_mla", size("v_head_dim"));
    }
    writer.fraction("deepseek2.rope.freq_base", config.path("rope_theta").asDouble());
    writer.fraction(
        "deepseek2.attention.layer_norm_rms_epsilon", config.path("rms_norm_eps").asDouble());
    writer.whole("tokenizer.ggml.eos_token_id", 1);
    if (!vocabulary.isEmpty()) {
      writer.text("tokenizer.ggml.model", "gpt2");
      writer.texts("tokenizer.ggml.tokens", List.copyOf(vocabulary.keySet()));
      writer.wholes("tokenizer.ggml.token_type", List.copyOf(vocabulary.values()));
    }
    scaling(writer, config.path("rope_scaling"));
  }

  private static void scaling(GgufWriter writer, JsonNode scaling) {
    if (scaling.isObject()) {
      String rope = "deepseek2.rope.scaling.";
      writer.text(rope + "type", "yarn").fraction(rope + "factor", scaling.path("factor").asInt());
      writer.whole(
          rope + "original_context_length",
          scaling.path("original_max_position_embeddings").asInt());
      writer.fraction(
          rope + "yarn_log_multiplier", 0.1 * scaling.path("mscale_all_dim").asDouble());
    }
  }

  private void tensor(GgufWriter writer, String name) {
    String stem = name.substring(0, name.length() - ".weight".length());
    String prefix = "";
    if (stem.startsWith("model.layers.")) {
      String[] parts = stem.split("\\.", 4);
      prefix = "blk." + parts[2] + ".";
      stem = parts[3];
    }
    float[] numbers = model.tensors().get(name);
    if (stem.endsWith("kv_b_proj") && up != Up.WHOLE) {
      split(writer, prefix, numbers);
    } else {
      long[] shape = Arrays.stream(model.shapes().get(name)).asLongStream().toArray();
      put(writer, prefix, NAMES.get(stem), numbers, shape);
    }
  }

  private void split(GgufWriter writer, String prefix, float[] numbers) {
    int heads = size("num_attention_heads");
    int latent = size("kv_lora_rank");
    int nope = size("qk_nope_head_dim");
    int value = size("v_head_dim");
    float[] keys = new float[heads * latent * nope];
    float[] values = new float[heads * value * latent];
    for (int i = 0; i < numbers.length; i++) {
      int column = i % latent;
      int row = i / latent % (nope + value);
      int head = i / latent / (nope + value);
      if (row < nope) {
        keys[(head * latent + column) * nope + row] = numbers[i];
      } else {
        values[(head * value + row - nope) * latent + column] = numbers[i];
      }
    }
    half(writer, prefix, "attn_k_b", keys, heads, latent, nope);
    half(writer, prefix, "attn_v_b", values, heads, value, latent);
  }

  private void half(
      GgufWriter writer,
      String prefix,
      String name,
      float[] numbers,
      long heads,
      long rows,
      long columns) {
    if (up == Up.SPLIT) {
      put(writer, prefix, name, numbers, heads, rows, columns);
    } else {
      put(writer, prefix, name, numbers, heads * rows, columns);
    }
  }

  private void put(GgufWriter writer, String prefix, String name, float[] numbers, long... shape) {
    String whole = prefix + name + ".weight";
    Packed how = packed.get(name);
    if (how == null) {
      writer.floats(whole, numbers, shape);
    } else {
      writer.tensor(whole, how.type(), how.pack().apply(numbers), shape);
    }
  }

  private int size(String key) {
    return config.path(key).asInt();
  }
}
