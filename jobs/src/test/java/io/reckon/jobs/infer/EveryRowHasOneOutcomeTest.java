package io.reckon.jobs.infer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.reckon.engine.train.problem.Family;
import io.reckon.engine.train.problem.Problem;
import io.reckon.engine.train.problem.ProblemSet;
import io.reckon.jobs.TestSpark;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prompts of which some come twice and some are broken, through the whole job. */
class EveryRowHasOneOutcomeTest {
  private static final SparkSession SPARK = TestSpark.session();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<Family> FAMILIES =
      List.of(Family.ADDITION, Family.SUBTRACTION, Family.MULTIPLICATION, Family.COMPARISON);

  /** Messages as JSON, with the code that they must end in. */
  private static final Map<String, String> BROKEN =
      new TreeMap<>(
          Map.of(
              "null",
              "PROMPT_EMPTY",
              "[]",
              "PROMPT_EMPTY",
              "[{\"role\":\"user\",\"content\":\"  \"}]",
              "PROMPT_EMPTY",
              "[{\"role\":\"system\",\"content\":\"Be brief.\"}]",
              "PROMPT_EMPTY",
              "[{\"role\":\"wizard\",\"content\":\"2 + 2\"}]",
              "TEMPLATE_REFUSED",
              "[{\"role\":\"user\",\"content\":\"" + "7 + ".repeat(2000) + "7\"}]",
              "PROMPT_TOO_LONG"));

  @TempDir Path folder;

  @Test
  void fourHundredPrompts() throws IOException {
    everyRowHasOneOutcome(400, 50);
  }

  @Test
  @Tag("chaos")
  void twentyThousandPrompts() throws IOException {
    everyRowHasOneOutcome(20_000, 100);
  }

  /** A row of the source, with what must come of it. */
  private record Line(String id, String messages, String answer, String code) {
    String json() {
      return "{\"id\":\"%s\",\"messages\":%s}".formatted(id, messages);
    }
  }

  private void everyRowHasOneOutcome(int count, int brokenEvery) throws IOException {
    List<Line> lines = lines(count, brokenEvery);
    Path source = folder.resolve("prompts.jsonl");
    Files.write(source, lines.stream().map(Line::json).toList());
    InferOptions options =
        InferOptions.builder(source.toString(), folder.resolve("out").toString()).build();

    RunSummary first = new InferJob().run(SPARK, options, Progress.NONE);

    assertThat(first.count().rows()).isEqualTo(count);
    assertThat(first.count().copiedRows()).isGreaterThanOrEqualTo(count / 20);
    assertOutcomes(lines);
    assertNothingLeft(options);
  }

  private void assertOutcomes(List<Line> lines) {
    Map<String, Row> rows = new TreeMap<>();
    for (Row row : answers()) {
      assertThat(rows.put(row.getString(0), row)).as(row.getString(0)).isNull();
    }
    assertThat(rows).hasSize(lines.size());
    int right = 0;
    int asked = 0;
    for (Line line : lines) {
      Row row = rows.get(line.id());
      assertThat(row.getString(2)).as(line.id()).isEqualTo(line.code());
      if (line.code() == null) {
        asked++;
        right += line.answer().equals(row.getString(1)) ? 1 : 0;
      }
    }
    assertThat((double) right / asked).isGreaterThan(0.95);
    assertThat(output().read(ReckonTable.REASONING_TRACES).count()).isEqualTo(lines.size());
  }

  private void assertNothingLeft(InferOptions options) throws IOException {
    long versions = commits("answers") + commits("reasoning_traces");
    RunSummary second = new InferJob().run(SPARK, options, Progress.NONE);

    assertThat(second.count().rows()).isZero();
    assertThat(second.elapsed().toSeconds()).isLessThan(30);
    assertThat(commits("answers") + commits("reasoning_traces")).isEqualTo(versions);
    assertThat(output().read(ReckonTable.RUNS).count()).isEqualTo(2);
  }

  /** One in twenty asks what another asks, some are broken, each kind alike often. */
  private static List<Line> lines(int count, int brokenEvery) throws IOException {
    List<Line> lines = new ArrayList<>(count);
    List<Problem> problems = problems(count);
    List<Map.Entry<String, String>> broken = List.copyOf(BROKEN.entrySet());
    for (int i = 0; i < count; i++) {
      String id = "row-%05d".formatted((long) i * 7919 % count);
      if (i % brokenEvery == brokenEvery - 1) {
        Map.Entry<String, String> kind = broken.get(i / brokenEvery % broken.size());
        lines.add(new Line(id, kind.getKey(), null, kind.getValue()));
      } else {
        Problem problem = problems.get(i % 20 == 7 ? i - 7 : i);
        lines.add(new Line(id, messages(problem), problem.answer(), null));
      }
    }
    return lines;
  }

  private static List<Problem> problems(int count) {
    return FAMILIES.stream()
        .flatMap(family -> ProblemSet.draw(family, count / FAMILIES.size() + 1, 5).stream())
        .toList();
  }

  private static String messages(Problem problem) throws IOException {
    return JSON.writeValueAsString(List.of(Map.of("role", "user", "content", problem.prompt())));
  }

  /** Id, answer and error code. */
  private List<Row> answers() {
    return output()
        .read(ReckonTable.ANSWERS)
        .select("prompt_id", "answer", "error.code")
        .collectAsList();
  }

  private OutputFolder output() {
    return OutputFolder.at(SPARK, folder.resolve("out").toString());
  }

  private long commits(String table) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("out/" + table + "/_delta_log"))) {
      return files.filter(file -> file.toString().endsWith(".json")).count();
    }
  }
}
