package io.reckon.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  private static final String SMALL_MODEL =
      Path.of("..", "engine", "src", "test", "resources", "mla-small").toString();

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  @Test
  void printsHelp() {
    assertThat(run("--help")).isEqualTo(ExitCode.DONE);
    assertThat(out.toString()).contains("reckon", "--verbose");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void endsWithOneLineWhereNoCommandIsGiven() {
    assertBadInput("no command given");
  }

  @Test
  void endsWithOneLineForAnUnknownOption() {
    assertBadInput("Unknown option: '--colour'; see 'reckon --help'", "--colour");
  }

  @Test
  void namesTheOptionThatAnUnknownOneBegins() {
    assertBadInput("'--prompt=a.txt'; there is --prompts; see", "infer", "--prompt=a.txt");
  }

  @Test
  void endsWithOneLineForAnUnknownCommand() {
    assertBadInput("there is no command 'answer'; one of infer, show, ", "answer");
    assertThat(err.toString()).as("only what the help lists").doesNotContain("archive");
  }

  @Test
  void endsWithOneLineForAWordThatIsNoOption() {
    assertBadInput("Unmatched argument at index 1: 'a.txt'", "infer", "a.txt");
  }

  @Test
  void measuresTokensASecond() throws IOException {
    String[] arguments = {
      "bench",
      "--model",
      SMALL_MODEL,
      "--sequences",
      "1,5",
      "--rounds",
      "2",
      "--cache-mb",
      "16",
      "--requests",
      "7",
      "--prompt-tokens",
      "9",
      "--shared-prefix",
      "70",
      "--lengths",
      "heavy-tail",
      "--static-sequences",
      "2",
      "--compare",
      "static-batches,no-sharing,prefix-first,drafts"
    };
    assertThat(run(arguments)).isEqualTo(ExitCode.DONE);
    assertThat(out.toString().lines())
        .filteredOn(line -> line.contains("\"engine\":\"static-batches\""))
        .allMatch(line -> line.contains("\"sequences\":2"));
    assertThat(out.toString().lines())
        .filteredOn(line -> line.contains("\"engine\":\"reckon\""))
        .allMatch(line -> line.contains("\"draftedTokens\":0,"));
    assertThat(out.toString().lines()).hasSize(22).last().asString().contains("\"summary\"");
    JsonNode summary = lastLine();
    assertThat(summary.path("requests").asInt()).isEqualTo(7);
    assertThat(summary.path("parameters").asInt()).isEqualTo(2_735_360);
    assertThat(summary.path("prefix-first.computedTokens").asInt())
        .isEqualTo(summary.path("computedTokens").asInt() + 70 - 64);
    assertThat(summary.path("ratio.no-sharing.computedTokens").asDouble()).isLessThan(0.5);
    assertThat(summary.path("ratio.static-batches.steps").asDouble()).isBetween(0.1, 0.999);
    assertThat(summary.path("ratio.drafts.steps").asDouble()).isGreaterThanOrEqualTo(1);
    assertThat(summary.path("meanNewTokens").asDouble()).isBetween(8.0, 32.0);
    assertThat(summary.path("residentBytes").asLong())
        .isGreaterThan(summary.path("weightBytes").asLong());
  }

  @Test
  void measuresThePeerByTurns(@TempDir Path folder) throws IOException {
    Path script = folder.resolve("peer.sh");
    Files.writeString(script, "#!/bin/sh\necho '{\"decodeTokensPerSecond\": 0.5}'\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    String[] arguments = {
      "bench",
      "--model",
      "builtin",
      "--sequences",
      "2",
      "--rounds",
      "1",
      "--cache-mb",
      "16",
      "--prompt-tokens",
      "5",
      "--new-tokens",
      "2",
      "--peer",
      "model.gguf",
      "--peer-script",
      script.toString()
    };
    assertThat(run(arguments)).isEqualTo(ExitCode.DONE);
    assertThat(out.toString().lines()).hasSize(3);
    JsonNode summary = lastLine();
    double ours = summary.path("decodeTokensPerSecond").asDouble();
    assertThat(summary.path("ratio.peer.decodeTokensPerSecond").asDouble()).isEqualTo(ours / 0.5);
    assertThat(summary.has("ratio.peer.prefillTokensPerSecond")).isFalse();
  }

  private JsonNode lastLine() throws IOException {
    return new JsonMapper().readTree(out.toString().lines().reduce((a, b) -> b).orElseThrow());
  }

  @Test
  void refusesToCompareWithWhatItDoesNotKnow() {
    assertBadInput("--compare is 'luck'", "bench", "--model", SMALL_MODEL, "--compare", "luck");
  }

  @Test
  void measuresAConstraintOverAnswersOfTheSameLengths() throws IOException {
    assertThat(
            run(
                "bench-constraint",
                "--model",
                "builtin",
                "--choice",
                "yes,no",
                "--max-thinking-tokens",
                "3",
                "--sequences",
                "2",
                "--requests",
                "3",
                "--rounds",
                "1"))
        .isEqualTo(ExitCode.DONE);
    List<JsonNode> lines = new ArrayList<>();
    new JsonMapper()
        .readerFor(JsonNode.class)
        .<JsonNode>readValues(out.toString())
        .forEachRemaining(lines::add);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0).path("writtenTokens").asInt())
        .isGreaterThan(lines.get(0).path("chosenTokens").asInt())
        .isEqualTo(lines.get(1).path("writtenTokens").asInt());
    assertThat(lastLine().path("ratio.unconstrained.decodeTokensPerSecond").asDouble())
        .isPositive();
    assertThat(lastLine().has("prefillTokensPerSecond")).isFalse();
  }

  @Test
  void refusesToMeasureWhatIsNoMeasurement() {
    assertBadInput("--lengths is 'odd'", "bench", "--model", SMALL_MODEL, "--lengths", "odd");
  }

  @Test
  void refusesToMeasureNothing() {
    assertBadInput("--rounds is 0", "bench", "--model", SMALL_MODEL, "--rounds", "0");
  }

  @Test
  void writesProblemsWithTheirAnswers(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("problems.jsonl");
    assertThat(run("problems", "--per-family", "2", "--output", file.toString()))
        .isEqualTo(ExitCode.DONE);
    assertThat(Files.readAllLines(file))
        .hasSize(22)
        .allSatisfy(line -> assertThat(line).contains("\"prompt\"", "\"expected\""));
  }

  @Test
  void overwritesNoFileWithProblems(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("mine.txt"), "mine");
    assertBadInput("mine.txt exists", "problems", "--output", file.toString());
    assertThat(file).hasContent("mine");
  }

  @Test
  void namesTheLimitOfANumberOutOfRange(@TempDir Path folder) {
    String file = folder.resolve("problems.jsonl").toString();
    assertBadInput(
        "--per-family is 0; give a number from 1",
        "problems",
        "--per-family",
        "0",
        "--output",
        file);
  }

  @Test
  void writesTheModelsProgram(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.pt");
    assertThat(run("archive", "--output", file.toString())).isEqualTo(ExitCode.DONE);
    try (FileSystem zip = FileSystems.newFileSystem(file)) {
      assertThat(zip.getPath("program/code/__torch__.py"))
          .content()
          .contains("class Model(Module)");
    }
    assertBadInput("model.pt exists", "archive", "--output", file.toString());
  }

  @Test
  void printsLogitsAndTheGreedyContinuationAsJson() {
    assertThat(run("logits", "--model", SMALL_MODEL, "--tokens", "490", "--greedy", "3"))
        .isEqualTo(ExitCode.DONE);
    assertThat(out.toString())
        .startsWith("{\"logits\":[0.0647")
        .endsWith("],\"greedy\":[481,403,121]}" + System.lineSeparator());
  }

  @Test
  void namesTheTokenThatTheModelLacks() {
    assertBadInput(
        "token 512 is not one of the model's", "logits", "--model", SMALL_MODEL, "--tokens", "512");
  }

  @Test
  void namesTheModelFolderThatIsNotThere() {
    assertBadInput("no-such-model", "logits", "--model", "no-such-model", "--tokens", "1");
  }

  @Test
  void namesTheValueThatIsNoNumber() {
    assertBadInput("'--steps': 'many'", "train", "--output", "unused", "--steps", "many");
  }

  @Test
  void trainsIntoNoFolderThatHoldsSomething(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("mine.txt"), "mine");
    assertBadInput("is not empty", "train", "--output", folder.toString());
  }

  private void assertBadInput(String message, String... arguments) {
    assertThat(run(arguments)).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines()).hasSize(1).first().asString().contains("reckon: ", message);
  }
}
