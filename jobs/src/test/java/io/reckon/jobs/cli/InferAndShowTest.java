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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InferAndShowTest {
  private static final String SMALL_MODEL =
      Path.of("..", "engine", "src", "test", "resources", "mla-small").toAbsolutePath().toString();

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private String output;

  @BeforeAll
  static void startSpark() {
    TestSpark.session();
  }

  @BeforeEach
  void nameTheOutput() {
    output = folder.resolve("out").toString();
  }

  @Test
  void answersAFileAndShowsWhatStandsInTheTables() throws IOException {
    Path prompts =
        Files.writeString(
            folder.resolve("prompts.jsonl"),
            """
            {"id": "a", "prompt": "What is 1+1?", "expected": "2", "family": "addition"}
            {"id": "b", "prompt": ""}
            """);
    assertThat(infer(prompts)).isEqualTo(ExitCode.DONE_WITH_FAILED_ROWS);
    assertThat(out.toString())
        .contains("2 prompts, 1 answered, 1 failed {PROMPT_EMPTY=1}")
        .contains("What is 1+1?", "PROMPT_EMPTY: ")
        .containsPattern("addition +1 +0 +0\\.0")
        .contains(output + "/answers", output + "/reasoning_traces", output + "/runs");
    assertThat(err.toString()).contains("of 2 answers");

    String report = out.toString().lines().reduce((before, last) -> last).orElseThrow().strip();
    assertThat(Path.of(report)).startsWith(Path.of(output, "reports")).content().contains("50.0 %");
    assertThat(run("report", "--output", output)).isEqualTo(ExitCode.DONE);
    assertThat(out.toString().strip()).isEqualTo(report);

    assertThat(run("show", "--output", output)).isEqualTo(ExitCode.DONE);
    assertThat(out.toString().lines().map(line -> line.split(" ", 2)[0]))
        .containsExactly("id", "a", "b");
    assertThat(out.toString()).containsPattern("id +sample +ended").containsPattern("b +0 +error");
    assertThat(run("show", "--output", output, "--limit", "1")).isEqualTo(ExitCode.DONE);
    assertThat(out.toString().lines().skip(2))
        .containsExactly("... and more; --limit N prints N rows, --limit 0 all of them");

    assertThat(run("show", "--output", output, "--format", "jsonl", "--limit", "1"))
        .isEqualTo(ExitCode.DONE);
    assertThat(out.toString().lines())
        .hasSize(1)
        .first()
        .asString()
        .startsWith("{\"prompt_id\":\"a\"");
  }

  @Test
  void showsTheVoteBeforeTheSamplesThatItCounts() throws IOException {
    String[] samples = {
      "--model", SMALL_MODEL, "--choice=no,yes", "--samples=3", "--temperature=1"
    };
    Path prompts = Files.writeString(folder.resolve("prompts.csv"), "id,prompt\na,Is it?\n");
    String[] withVote =
        Stream.concat(Stream.of(samples), Stream.of("--vote")).toArray(String[]::new);
    assertThat(infer(prompts, withVote)).isEqualTo(ExitCode.DONE);
    assertThat(out.toString()).contains("3 samples of 1 prompt, 3 answered, 0 failed");

    assertThat(run("show", "--output", output)).isEqualTo(ExitCode.DONE);
    assertThat(out.toString().lines()).hasSize(5);
    assertThat(out.toString().lines().skip(1).findFirst())
        .hasValueSatisfying(vote -> assertThat(vote).matches("a +vote, (67|100) % +(yes|no)"));

    assertThat(run("show", "--output", output, "--format", "jsonl")).isEqualTo(ExitCode.DONE);
    assertThat(out.toString().lines()).hasSize(4);
    assertThat(out.toString().lines().filter(line -> line.contains("\"vote_share\":")))
        .hasSize(1)
        .allMatch(line -> line.contains("\"sample\":-1"));

    Files.writeString(prompts, "id,prompt\na,Is it not?\n");
    assertThat(infer(prompts, samples)).isEqualTo(ExitCode.DONE);
    assertThat(run("show", "--output", output)).isEqualTo(ExitCode.DONE);
    assertThat(out.toString().lines()).as("no vote over other samples").hasSize(4);
  }

  @Test
  void saysWhatItWouldDoAndWritesNothing() throws IOException {
    Path prompts = Files.writeString(folder.resolve("prompts.txt"), "one\ntwo\none\n");

    assertThat(infer(prompts, "--dry-run", "--tokens-per-second", "2")).isEqualTo(ExitCode.DONE);

    assertThat(out.toString())
        .containsPattern("3 +in the source")
        .containsPattern("1 +same as another one to generate")
        .containsPattern("2 +to generate, 2 generations")
        .contains("8 output tokens (4 each: a guess, nothing was generated yet)")
        .contains("about 4 s at 2 tokens/s (given)");
    assertThat(Path.of(output)).doesNotExist();
  }

  @Test
  void leavesTheReportOutWhereItIsTold() throws IOException {
    Path prompts = Files.writeString(folder.resolve("prompts.txt"), "one\n");
    assertThat(infer(prompts, "--no-report")).isEqualTo(ExitCode.DONE);
    assertThat(out.toString()).doesNotContain("report");
    assertThat(Path.of(output, "reports")).doesNotExist();

    assertThat(infer(prompts, "--no-report")).isEqualTo(ExitCode.DONE);
    assertThat(out.toString())
        .contains("1 prompt, 1 done before, 0 answered, 0 failed, in ")
        .contains("nothing was left to do; 'reckon show --output " + output + "' prints the");
    assertThat(infer(prompts, "--dry-run")).isEqualTo(ExitCode.DONE);
    assertThat(out.toString()).endsWith("nothing is left to generate\n").doesNotContain("tokens");

    assertThat(run("report", "--output", output, "--run", "2020")).isEqualTo(ExitCode.BAD_INPUT);
    assertOneLine("has no run '2020'");
  }

  @Test
  void endsWithOneLineForAPathThatIsNotThere() {
    assertThat(infer(folder.resolve("nothing.jsonl"))).isEqualTo(ExitCode.BAD_INPUT);
    assertOneLine("nothing.jsonl");
  }

  @Test
  void endsWithOneLineForAModelThatIsNotThere() throws IOException {
    Path prompts = Files.writeString(folder.resolve("prompts.txt"), "hello\n");
    assertThat(infer(prompts, "--model", "no-such-model")).isEqualTo(ExitCode.BAD_INPUT);
    assertOneLine("no-such-model");
  }

  @Test
  void endsWithOneLineForAnOutputThatHoldsSomethingElse() throws IOException {
    Path prompts = Files.writeString(folder.resolve("prompts.txt"), "hello\n");
    Path mine = Files.writeString(Files.createDirectory(Path.of(output)).resolve("mine"), "mine");
    assertThat(infer(prompts)).isEqualTo(ExitCode.BAD_INPUT);
    assertOneLine("holds 'mine'");
    assertThat(mine).hasContent("mine");
  }

  @Test
  void endsWithOneLineForAValueOutOfRange() throws IOException {
    Path prompts = Files.writeString(folder.resolve("prompts.txt"), "hello\n");
    assertThat(infer(prompts, "--temperature", "-1")).isEqualTo(ExitCode.BAD_INPUT);
    assertOneLine("temperature is -1");
  }

  @Test
  void endsWithOneLineForSamplingThatCannotBe() throws IOException {
    Path prompts = Files.writeString(folder.resolve("prompts.txt"), "hello\n");
    for (String[] wrong :
        new String[][] {
          {"top-k is -3; give 1 or more", "--top-k", "-3"},
          {"min-p is 2.0; give a number from 0 to 1", "--min-p", "2"},
          {"repetition-penalty is 0.0", "--repetition-penalty", "0"},
          {"presence-penalty is 9.0", "--presence-penalty", "9"},
          {"frequency-penalty is 9.0", "--frequency-penalty", "9"},
          {"'--logit-bias'", "--logit-bias", "7"},
          {"'--logit-bias'", "--logit-bias", "7=a"},
          {"logprobs is 500; give a number from 0 to 20", "--logprobs", "500"},
          {"--samples is 0; give 1 or more", "--samples", "0"},
          {"--samples is 3 with temperature 0", "--samples", "3"},
          {"stop is empty", "--stop", ""},
          {"vocabulary size of 512", "--stop-token", "7", "--stop-token", "512"},
          {"a token of logit-bias is 600", "--logit-bias", "3=-1.5,600=2"},
        }) {
      List<String> arguments = new ArrayList<>(List.of("--model", SMALL_MODEL));
      arguments.addAll(List.of(wrong).subList(1, wrong.length));
      assertThat(infer(prompts, arguments.toArray(String[]::new)))
          .as("%s", arguments)
          .isEqualTo(ExitCode.BAD_INPUT);
      assertOneLine(wrong[0]);
    }
  }

  @Test
  void showsNothingOfAFolderWithoutTables() {
    assertThat(run("show", "--output", output)).isEqualTo(ExitCode.BAD_INPUT);
    assertOneLine("answers");
  }

  private int infer(Path prompts) {
    return infer(prompts, "--model", SMALL_MODEL);
  }

  private int infer(Path prompts, String... more) {
    List<String> arguments = new ArrayList<>(List.of("infer", "--max-new-tokens", "4"));
    arguments.addAll(List.of("--prompts", prompts.toString(), "--output", output));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  private void assertOneLine(String message) {
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines()).hasSize(1).first().asString().contains("reckon: ", message);
  }
}
