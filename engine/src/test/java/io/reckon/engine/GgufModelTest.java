package io.reckon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.RandomGguf.Up;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.checkpoint.Checkpoint;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** GGUF files of every form, against {@link NaiveModel} on the same weights as safetensors. */
class GgufModelTest {
  private static final int[] TOKENS = new Random(1).ints(70, 0, 96).toArray();

  private static final List<String> LAYER_MATRICES =
      List.of(
          "attn_q_a", "attn_q_b", "attn_kv_a_mqa", "attn_output", "ffn_gate", "ffn_up", "ffn_down");

  @TempDir Path folder;

  static Stream<Arguments> models() {
    return Stream.of(
        Arguments.of("compressed queries, tied", new RandomCheckpoint(1), Up.WHOLE),
        Arguments.of("direct queries", new RandomCheckpoint(2).withoutQueryCompression(), Up.WHOLE),
        Arguments.of("an output of its own", new RandomCheckpoint(3).untied(), Up.SPLIT),
        Arguments.of("yarn", new RandomCheckpoint(4).yarn(8, 1, 1), Up.WHOLE),
        Arguments.of("yarn as in V2", new RandomCheckpoint(5).yarn(40, 0.707, 0.707), Up.SPLIT),
        Arguments.of("heads of 5, 6 and 7", heads(6, 5, 6, 7), Up.SPLIT),
        Arguments.of("the same in two sizes", heads(7, 5, 6, 7), Up.SPLIT_FLAT),
        Arguments.of(
            "one wide head", heads(8, 33, 2, 40).with("num_attention_heads", 1), Up.SPLIT));
  }

  private static RandomCheckpoint heads(int seed, int nope, int rope, int value) {
    return new RandomCheckpoint(seed)
        .with("qk_nope_head_dim", nope)
        .with("qk_rope_head_dim", rope)
        .with("v_head_dim", value);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void givesTheLogitsOfTheSameWeights(String name, RandomCheckpoint model, Up up) throws Exception {
    NaiveModel oracle = new NaiveModel(Checkpoint.open(model.write(folder).toString()));
    Path file = new RandomGguf(model, up).write(folder.resolve("m.gguf"));
    assertThat(AbsorbedAttentionTest.relativeError(logits(file, "float32"), oracle.logits(TOKENS)))
        .isLessThan(1e-4);
  }

  /** As llama.cpp makes them: Q5_1 where rows are short, Q4_1 in what Q4_0 is too coarse for. */
  @ParameterizedTest
  @CsvSource({"float32, 1e-4", "bf16, 0.05", "int8, 0.05", "int4, 0.05"})
  void loadsBlocksWithAMinimumIntoEveryMode(String mode, double most) throws Exception {
    RandomCheckpoint model =
        heads(10, 32, 16, 32)
            .with("hidden_size", 64)
            .with("q_lora_rank", 32)
            .with("kv_lora_rank", 32)
            .inSixteenths();
    NaiveModel oracle = new NaiveModel(Checkpoint.open(model.write(folder).toString()));
    RandomGguf gguf = new RandomGguf(model, Up.SPLIT);
    for (String name : new String[] {"attn_k_b", "attn_v_b"}) {
      gguf.packed(name, 7, GgufModelTest::q51);
    }
    for (String name : LAYER_MATRICES) {
      gguf.packed(name, 3, GgufModelTest::q41);
    }
    Path file = gguf.write(folder.resolve("m.gguf"));
    assertThat(AbsorbedAttentionTest.relativeError(logits(file, mode), oracle.logits(TOKENS)))
        .isLessThan(most);
  }

  /** Sixteenths from -7 on. */
  private static byte[] q41(float... numbers) {
    byte[] bytes = new byte[numbers.length / 32 * 20];
    ByteBuffer blocks = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < numbers.length; from += 32) {
      blocks.putShort((short) 0x2c00).putShort((short) 0xb700);
      for (int i = from; i < from + 16; i++) {
        int low = Math.round(16 * numbers[i]) + 7;
        int high = Math.round(16 * numbers[i + 16]) + 7;
        blocks.put((byte) (low + 16 * high));
      }
    }
    return bytes;
  }

  /** Sixteenths from -15 on. */
  private static byte[] q51(float... numbers) {
    byte[] bytes = new byte[numbers.length / 32 * 24];
    ByteBuffer blocks = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < numbers.length; from += 32) {
      blocks.putShort((short) 0x2c00).putShort((short) 0xbb80);
      int fifth = 0;
      for (int i = 0; i < 32; i++) {
        fifth |= ((Math.round(16 * numbers[from + i]) + 15) / 16) << i;
      }
      blocks.putInt(fifth);
      for (int i = from; i < from + 16; i++) {
        int low = (Math.round(16 * numbers[i]) + 15) % 16;
        int high = (Math.round(16 * numbers[i + 16]) + 15) % 16;
        blocks.put((byte) (low + 16 * high));
      }
    }
    return bytes;
  }

  @Test
  void partsAreOneModelWhicheverIsNamed() throws Exception {
    RandomCheckpoint model = new RandomCheckpoint(9).untied();
    model.write(folder);
    RandomGguf gguf = new RandomGguf(model, Up.WHOLE);
    float[] whole = logits(gguf.write(folder.resolve("whole.gguf")), "float32");
    Path last = gguf.writeParts(folder, 3);
    assertThat(logits(last, "float32")).isEqualTo(whole);
    assertThat(logits(folder.resolve("m-00001-of-00003.gguf"), "float32")).isEqualTo(whole);
    Files.delete(folder.resolve("m-00002-of-00003.gguf"));
    assertRefused(last, "m-00002-of-00003.gguf: there is no such file; the download may be");
    Files.copy(last, folder.resolve("m-00002-of-00003.gguf"));
    assertRefused(last, "calls itself part 3; give every part its own name again");
    Path renamed = Files.move(last, folder.resolve("renamed.gguf"));
    assertRefused(
        renamed, "is one of 3 parts; keep their names, such as model-00001-of-00003.gguf");
  }

  @Test
  void refusesExpertsByName() throws Exception {
    GgufWriter writer = small().whole("deepseek2.expert_count", 64);
    writer.whole("deepseek2.leading_dense_block_count", 1);
    assertRefused(
        writer.write(folder.resolve("m.gguf")),
        "deepseek2.expert_count is 64: experts are not supported; give a dense model");
  }

  @Test
  void refusesOtherArchitectures() throws Exception {
    assertRefused(
        new GgufWriter().text("general.architecture", "llama").write(folder.resolve("m.gguf")),
        "general.architecture is llama; only deepseek2 (dense multi-head latent attention) is");
  }

  @Test
  void namesWhatIsMissingAsTheFileWouldCallIt() throws Exception {
    assertRefused(
        new GgufWriter().text("general.architecture", "deepseek2").write(folder.resolve("m.gguf")),
        "deepseek2.embedding_length is missing; it must be a whole number");
    assertRefused(
        small().write(folder.resolve("m.gguf")), "tensor blk.0.attn_q_a.weight is missing");
    assertRefused(
        small().text("deepseek2.rope.scaling.type", "yarn").write(folder.resolve("m.gguf")),
        "deepseek2.rope.scaling.factor is missing; yarn needs it, give the model's own;"
            + " deepseek2.rope.scaling.original_context_length is missing; yarn needs it");
  }

  @Test
  void namesATypeThatItCannotRead() throws Exception {
    RandomCheckpoint model = new RandomCheckpoint(1);
    model.write(folder);
    Path file = new RandomGguf(model, Up.WHOLE).write(folder.resolve("m.gguf"));
    byte[] bytes = Files.readAllBytes(file);
    int at = indexOf(bytes, "token_embd.weight") + "token_embd.weight".length() + 4 + 16;
    bytes[at] = 10;
    Files.write(file, bytes);
    assertRefused(file, "tensor token_embd.weight is of type Q2_K; give F32, F16, BF16");
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
  }

  private static GgufWriter small() {
    GgufWriter writer = new GgufWriter().text("general.architecture", "deepseek2");
    for (String key :
        new String[] {
          "embedding_length",
          "block_count",
          "attention.head_count",
          "attention.q_lora_rank",
          "attention.kv_lora_rank",
          "attention.value_length",
          "feed_forward_length",
          "vocab_size",
          "context_length"
        }) {
      writer.whole("deepseek2." + key, 2);
    }
    return writer
        .whole("deepseek2.attention.key_length", 4)
        .whole("deepseek2.rope.dimension_count", 2);
  }

  private static float[] logits(Path file, String mode) {
    EngineConfiguration configuration =
        new EngineConfiguration(file.toString(), mode, "cpu", 1, 1 << 20);
    try (LogitsProbe probe = LogitsProbe.open(configuration)) {
      return probe.probe(TOKENS, 0).logits();
    }
  }

  private static void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> Checkpoint.open(file.toString()))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }
}
