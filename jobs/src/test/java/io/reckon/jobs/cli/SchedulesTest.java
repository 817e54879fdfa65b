package io.reckon.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The examples for schedulers, as far as they can be held without one. */
class SchedulesTest {
  private static final Path CONF = Path.of("../conf");
  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z-]+");

  @ParameterizedTest
  @ValueSource(
      strings = {"schedules/nightly.sh", "schedules/airflow_dag.py", "databricks/databricks.yml"})
  void nameOptionsThatThereAre(String file) throws IOException {
    String text = Files.readString(CONF.resolve(file));
    Set<String> ours =
        new CommandLine(new ReckonCommand())
            .getSubcommands()
            .get("infer")
            .getCommandSpec()
            .optionsMap()
            .keySet();

    assertThat(text).contains(Main.class.getName());
    String command = text.substring(text.indexOf(Main.class.getName()));
    assertThat(OPTION.matcher(command).results().map(MatchResult::group))
        .contains("--since-last-run", "--prompts", "--output", "--model")
        .isSubsetOf(ours);
  }

  @Test
  void theScriptIsOne() throws Exception {
    requireParses("bash", "-n", "nightly.sh");
    assertThat(CONF.resolve("schedules/nightly.sh")).isExecutable();
  }

  @Test
  void theDagIsPython() throws Exception {
    assumeTrue(Stream.of("/usr/bin", "/usr/local/bin").anyMatch(SchedulesTest::hasPython));
    requireParses("python3", "-c", "import ast; ast.parse(open('airflow_dag.py').read())");
  }

  private static boolean hasPython(String folder) {
    return Files.isExecutable(Path.of(folder, "python3"));
  }

  private static void requireParses(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .directory(CONF.resolve("schedules").toFile())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
  }
}
