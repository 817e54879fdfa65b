package io.reckon.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a scheduler sees of the process; 0 and 130 are {@link InterruptedInferTest}'s. */
@Timeout(value = 400, unit = TimeUnit.SECONDS)
class ExitCodesTest {
  private static final String MODEL = BrokenInputs.MODEL.toString();

  @TempDir private Path folder;

  @Test
  void threeWhereAllIsDoneAndSomeRowsFailed() throws Exception {
    try (CliProcess run = infer("--since-last-run")) {
      assertThat(run.exitCode()).as(run::printed).isEqualTo(3);
      assertThat(run.printed()).contains("1 answered, 1 failed {PROMPT_EMPTY=1}");
    }
  }

  @Test
  void oneWhereTheRunBroke() throws Exception {
    try (CliProcess run = infer("--max-failed-rows", "0")) {
      assertThat(run.exitCode()).as(run::printed).isEqualTo(1);
      assertThat(run.printed()).contains("1 rows failed, and --max-failed-rows allows 0");
    }
  }

  @Test
  void twoWhereTheInputIsWrong() throws Exception {
    try (CliProcess run = infer("--since-last-run", "--limit", "5")) {
      assertThat(run.exitCode()).as(run::printed).isEqualTo(2);
      assertThat(run.printed()).contains("--limit is 5 with --since-last-run");
    }
    assertThat(folder.resolve("out")).doesNotExist();
  }

  private CliProcess infer(String... more) throws IOException {
    Path prompts = Files.writeString(folder.resolve("prompts.csv"), "id,prompt\na,What?\nb,\n");
    List<String> arguments = new ArrayList<>(List.of("infer", "--model", MODEL, "--no-report"));
    arguments.addAll(List.of("--max-new-tokens", "4", "--prompts", prompts.toString()));
    arguments.addAll(List.of("--output", folder.resolve("out").toString()));
    arguments.addAll(List.of(more));
    return CliProcess.start(folder.resolve("log"), List.of(), arguments.toArray(String[]::new));
  }
}
