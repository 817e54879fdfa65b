package io.reckon.engine.train.problem;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProblemSetTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void writesALineForEachProblem() throws IOException {
    StringWriter out = new StringWriter();
    ProblemSet.write(50, 1, out);
    List<String> lines = out.toString().lines().toList();
    assertThat(lines).hasSize(50 * ProblemSet.SOLVABLE.size()).doesNotHaveDuplicates();
    JsonNode line = JSON.readTree(lines.get(7));
    assertThat(line.get("id").asText()).isEqualTo("addition-0007");
    assertThat(line.get("family").asText()).isEqualTo("addition");
    assertThat(line.get("expected").asText()).matches("\\d+");
    assertThat(line.get("expected_reasoning").asText()).contains("\n=");
  }

  @Test
  void drawsDistinctReservedProblems() {
    for (Family family : Family.values()) {
      List<Problem> problems = ProblemSet.draw(family, 200, 1);
      assertThat(problems).hasSize(200).allMatch(Problem::reserved);
      assertThat(problems).extracting(Problem::operands).doesNotHaveDuplicates();
      assertThat(problems).extracting(Problem::prompt).doesNotHaveDuplicates();
    }
  }
}
