package io.reckon.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.remote.ChatServer;
import io.reckon.jobs.BesideOthers;
import io.reckon.jobs.TestSpark;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code infer} over an endpoint that does all that endpoints do, in a process of its own. */
@BesideOthers
class EndpointInferTest {
  private static final String KEY = "sk-do-not-tell-abcdefgh";
  private static final int ROWS_A_WAY = 4;

  /** What a prompt's first word has the server do, and the row's error; none where it recovers. */
  private static final Map<String, String> ERRORS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("good", ""),
              Map.entry("busy", ""),
              Map.entry("broken", ""),
              Map.entry("truncated", ""),
              Map.entry("garbled", ""),
              Map.entry("slow", ""),
              Map.entry("marked!", ""),
              Map.entry("broken!", "ENDPOINT_UNAVAILABLE"),
              Map.entry("truncated!", "ENDPOINT_UNAVAILABLE"),
              Map.entry("denied!", "ENDPOINT_DENIED"),
              Map.entry("wrong!", "ENDPOINT_REFUSED"),
              Map.entry("long!", "PROMPT_TOO_LONG")));

  @TempDir Path folder;

  @Test
  void everyRowHasOneOutcomeAndNobodyLearnsTheKey() throws Exception {
    writePrompts();
    Files.createDirectory(folder.resolve("events"));
    try (ChatServer server = ChatServer.start()) {
      try (CliProcess first = infer(server, "first")) {
        assertThat(first.exitCode()).as(first::printed).isEqualTo(ExitCode.DONE_WITH_FAILED_ROWS);
      }
      assertThat(server.authorizations()).containsOnly("Bearer " + KEY);
      assertThat(outcomes()).isEqualTo(expected());
      assertThat(answer("good 0")).isEqualTo("thought of it | said good 0 | 7 | 2 | 6 | 4");

      int before = server.attempts("wrong! 0");
      try (CliProcess second = infer(server, "second")) {
        assertThat(second.exitCode()).as(second::printed).isEqualTo(ExitCode.DONE_WITH_FAILED_ROWS);
      }
      assertThat(server.attempts("wrong! 0")).isEqualTo(before);
      assertThat(server.attempts("good 0")).isEqualTo(1);
      assertThat(server.attempts("denied! 0")).isEqualTo(2);
    }
    assertNothingHoldsTheKey();
  }

  private void writePrompts() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String way : ERRORS.keySet()) {
      for (int i = 0; i < ROWS_A_WAY; i++) {
        lines.add("{\"id\": \"%s %d\", \"prompt\": \"%s %d\"}".formatted(way, i, way, i));
      }
    }
    Files.write(folder.resolve("prompts.jsonl"), lines);
  }

  private static Map<String, String> expected() {
    Map<String, String> expected = new TreeMap<>();
    ERRORS.forEach(
        (way, code) -> {
          for (int i = 0; i < ROWS_A_WAY; i++) {
            expected.put(way + " " + i, code);
          }
        });
    return expected;
  }

  private CliProcess infer(ChatServer server, String name) throws IOException {
    return CliProcess.start(
        folder.resolve(name + ".log"),
        List.of(
            "spark.eventLog.enabled=true",
            "spark.eventLog.dir=" + folder.resolve("events").toUri()),
        Map.of("THE_KEY", KEY),
        "infer",
        "--engine=openai",
        "--base-url=" + server.baseUrl(),
        "--model=some-model",
        "--api-key-env=THE_KEY",
        "--endpoint-concurrency=16",
        "--endpoint-retries=2",
        "--endpoint-timeout=2",
        "--prompts=" + folder.resolve("prompts.jsonl"),
        "--output=" + folder.resolve("out"));
  }

  /** The error code of each prompt, empty where it was answered; fails where one comes twice. */
  private Map<String, String> outcomes() {
    Map<String, String> outcomes = new TreeMap<>();
    for (Row row : rows(ReckonTable.ANSWERS)) {
      Row error = row.getAs("error");
      String earlier =
          outcomes.put(row.getAs("prompt_id"), error == null ? "" : error.getString(0));
      assertThat(earlier).as(row.<String>getAs("prompt_id")).isNull();
    }
    return outcomes;
  }

  private String answer(String promptId) {
    return output()
        .read(ReckonTable.ANSWERS)
        .join(
            output().read(ReckonTable.REASONING_TRACES).select("prompt_id", "reasoning"),
            "prompt_id")
        .where("prompt_id = '" + promptId + "'")
        .selectExpr(
            "concat_ws(' | ', reasoning, answer, prompt_tokens, cached_tokens, reasoning_tokens,"
                + " answer_tokens)")
        .head()
        .getString(0);
  }

  private List<Row> rows(ReckonTable table) {
    return output().read(table).collectAsList();
  }

  private OutputFolder output() {
    return OutputFolder.at(TestSpark.session(), folder.resolve("out").toString());
  }

  /** Tables, commits, the event log (all that the UI shows), what was printed and logged. */
  private void assertNothingHoldsTheKey() throws IOException {
    String secret = KEY.substring(8);
    for (ReckonTable table : ReckonTable.values()) {
      assertThat(rows(table).toString()).isNotEmpty().doesNotContain(secret);
    }
    assertThat(rows(ReckonTable.ANSWERS).toString()).contains("Bearer ***");
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(text.contains(secret)).as(file.toString()).isFalse();
      }
    }
  }
}
