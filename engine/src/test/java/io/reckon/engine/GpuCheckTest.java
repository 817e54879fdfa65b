package io.reckon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bin/gpu-check} runs, on the CPU; only where there is a Python with torch. */
class GpuCheckTest {
  private static final String PYTHON =
      Optional.ofNullable(System.getenv("PYTHON")).orElse("python3");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void theProgramComputesTheSameInPythonAndNeverWaitsForTheHost() throws Exception {
    assumeTrue(run("-c", "import torch") == 0, "no Python with torch");
    Path archive = folder.resolve("model.pt");
    try (OutputStream out = Files.newOutputStream(archive)) {
      ReckonEngine.writeProgram(out);
    }

    int exit =
        run(
            "-B",
            "src/gpu/gpu_check.py",
            "--archive=" + archive,
            "--vectors=src/test/resources/mla-small",
            "--device=cpu",
            "--shape=small",
            "--requests=1,3",
            "--new-tokens=3");

    assertThat(exit).as(said()).isZero();
    assertThat(results())
        .filteredOn(result -> result.has("check"))
        .hasSizeGreaterThanOrEqualTo(5)
        .allMatch(result -> result.path("good").asBoolean());
    assertThat(results())
        .filteredOn(result -> result.path("engine").asText().equals("reckon"))
        .extracting(result -> result.path("requests").asInt())
        .containsExactly(1, 3);
  }

  private int run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.add(0, PYTHON);
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(output().toFile())
          .start()
          .waitFor();
    } catch (IOException e) {
      return -1; // There is no such Python.
    }
  }

  private List<JsonNode> results() throws IOException {
    List<JsonNode> results = new ArrayList<>();
    for (String line : said().lines().filter(line -> line.startsWith("{")).toList()) {
      results.add(JSON.readTree(line));
    }
    return results;
  }

  private String said() throws IOException {
    return Files.readString(output());
  }

  private Path output() {
    return folder.resolve("output.txt");
  }
}
