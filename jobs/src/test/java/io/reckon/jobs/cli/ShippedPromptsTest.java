package io.reckon.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.train.problem.ProblemSet;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ShippedPromptsTest {
  /** Made by {@code bin/reckon problems --per-family 50 --seed 2026 --output FILE}. */
  @Test
  void areWhatTheProblemsCommandWrites() throws IOException {
    StringWriter written = new StringWriter();
    ProblemSet.write(50, 2026, written);
    try (ShippedPrompts shipped = new ShippedPrompts()) {
      assertThat(shipped.file()).hasContent(written.toString());
    }
  }

  @Test
  void leaveNoFileBehind() {
    ShippedPrompts shipped = new ShippedPrompts();
    Path file = shipped.file();
    assertThat(file).exists();
    shipped.close();
    assertThat(Files.exists(file.getParent())).isFalse();
  }
}
