package io.reckon.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.jobs.TestSpark;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a scheduler sees. That the process ends with what the command gives, {@link
 * EndpointInferTest} shows for 3 after a run and this for 2 before one; 0 and 130 are {@link
 * InterruptedInferTest}'s.
 */
class ExitCodesTest {
  private static final String MODEL = BrokenInputs.MODEL.toString();

  @TempDir private Path folder;
  private final StringWriter printed = new StringWriter();

  @BeforeAll
  static void startSpark() {
    TestSpark.session();
  }

  @Test
  void threeWhereAllIsDoneAndSomeRowsFailed() throws Exception {
    assertThat(run("--since-last-run")).as(printed::toString).isEqualTo(3);
    assertThat(printed.toString()).contains("1 answered, 1 failed {PROMPT_EMPTY=1}");
  }

  @Test
  void oneWhereTheRunBroke() throws Exception {
    assertThat(run("--max-failed-rows", "0")).as(printed::toString).isEqualTo(1);
    assertThat(printed.toString()).contains("1 rows failed, and --max-failed-rows allows 0");
  }

  @Test
  void twoWhereTheInputIsWrong() throws Exception {
    try (CliProcess process =
        CliProcess.start(
            folder.resolve("log"), List.of(), infer("--since-last-run", "--limit", "5"))) {
      assertThat(process.exitCode()).as(process::printed).isEqualTo(2);
      assertThat(process.printed()).contains("--limit is 5 with --since-last-run");
    }
    assertThat(folder.resolve("out")).doesNotExist();
  }

  private int run(String... more) throws IOException {
    PrintWriter writer = new PrintWriter(printed, true);
    return Main.run(writer, writer, infer(more));
  }

  private String[] infer(String... more) throws IOException {
    Path prompts = Files.writeString(folder.resolve("prompts.csv"), "id,prompt\na,What?\nb,\n");
    List<String> arguments = new ArrayList<>(List.of("infer", "--model", MODEL, "--no-report"));
    arguments.addAll(List.of("--max-new-tokens", "4", "--prompts", prompts.toString()));
    arguments.addAll(List.of("--output", folder.resolve("out").toString()));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }
}
