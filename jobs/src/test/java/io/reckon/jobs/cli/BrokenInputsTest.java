package io.reckon.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.jobs.TestSpark;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each broken input ends in one line that says what is wrong and what to do, and in no change. */
class BrokenInputsTest {
  @TempDir private Path folder;

  @BeforeAll
  static void startSpark() {
    TestSpark.session();
  }

  static Stream<BrokenInputs.Case> cases() {
    return BrokenInputs.all().stream();
  }

  @Test
  void areManyKinds() {
    assertThat(BrokenInputs.all()).hasSizeGreaterThan(100);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void endInOneLine(BrokenInputs.Case input) throws IOException {
    Files.writeString(folder.resolve("prompts.txt"), "hello\n");
    input.maker().make(folder.resolve("bad"));
    List<String> before = files();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.run(
            new PrintWriter(out, true), new PrintWriter(err, true), arguments(input.command()));
    assertThat(err.toString().lines())
        .as(err.toString())
        .singleElement()
        .asString()
        .startsWith("reckon: ")
        .contains(input.words())
        .hasSizeLessThan(1000);
    assertThat(code).as(err.toString()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(out.toString()).isEmpty();
    assertThat(files()).isEqualTo(before);
  }

  private String[] arguments(String command) {
    return Arrays.stream(command.split(" "))
        .filter(word -> !word.isEmpty())
        .map(
            word ->
                word.replace("EMPTY", "")
                    .replace("PROMPTS", folder.resolve("prompts.txt").toString())
                    .replace("OUT", folder.resolve("out").toString())
                    .replace("MODEL", BrokenInputs.MODEL.toString())
                    .replace("BAD", folder.resolve("bad").toString()))
        .toArray(String[]::new);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(file -> file + " " + file.toFile().length()).sorted().toList();
    }
  }
}
