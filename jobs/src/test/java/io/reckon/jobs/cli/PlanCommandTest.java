package io.reckon.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans for the shape of a dense model of 32 billion weights. */
class PlanCommandTest {
  @TempDir private Path folder;
  private Path configuration;

  @BeforeEach
  void write() throws IOException {
    configuration = Files.createDirectory(folder.resolve("dense-32b")).resolve("config.json");
    Files.writeString(
        configuration,
        """
        {"model_type": "deepseek_v3", "hidden_size": 5120, "num_hidden_layers": 64,
         "num_attention_heads": 40, "q_lora_rank": 1536, "kv_lora_rank": 512,
         "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
         "intermediate_size": 27648, "vocab_size": 129280, "rms_norm_eps": 1e-6,
         "max_position_embeddings": 131072, "tie_word_embeddings": false}
        """);
  }

  private String plan(String... options) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] arguments = new String[options.length + 3];
    arguments[0] = "plan";
    arguments[1] = "--model";
    arguments[2] = configuration.getParent().toString();
    System.arraycopy(options, 0, arguments, 3, options.length);
    int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    assertThat(code).as(err.toString()).isEqualTo(ExitCode.DONE);
    return out.toString();
  }

  @Test
  void sixteenBitsFitOneGpuOf80() {
    String plan = plan("--gpu-memory", "80g", "--requests", "16");
    assertThat(plan)
        .containsPattern("bf16 .* yes: \\d+ such requests fit")
        .containsPattern("spark.task.resource.gpu.amount +0.125")
        .containsPattern("spark.reckon.mode +bf16");
  }

  @Test
  void sixteenBitsFitNoGpuOf24AndNotTwo() {
    String plan = plan("--gpu-memory", "24g");
    assertThat(plan)
        .containsPattern("bf16 .* no: \\d+.\\d+ GB too large without any cache")
        .contains("A second one does not help: an engine uses one GPU.")
        .containsPattern("spark.reckon.mode +int8")
        .doesNotContain("gpu.amount");
  }

  @Test
  void saysWhatTheLatentCacheSaves() {
    assertThat(plan())
        .contains("73,728 bytes a token; plain multi-head attention would need 1,638,400")
        .contains("22.2 times as many");
  }

  @Test
  void takesTheConfigurationItself() {
    String ofFolder = plan();
    String name = configuration.getParent().toString();
    configuration = configuration.resolve("x");
    assertThat(plan()).isEqualTo(ofFolder.replace(name, name + "/config.json"));
  }

  @Test
  void gives64RequestsOf8192TokensWhereNoneIsSaid() {
    assertThat(plan()).contains("64 requests of 8,192 tokens at a time");
  }
}
