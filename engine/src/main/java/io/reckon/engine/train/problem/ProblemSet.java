package io.reckon.engine.train.problem;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reserved problems with their answers, to measure a model by. */
public final class ProblemSet {
  /** The families that have an answer: all but {@link Family#REFUSAL}. */
  public static final Set<Family> SOLVABLE = EnumSet.complementOf(EnumSet.of(Family.REFUSAL));

  private static final ObjectMapper JSON = new ObjectMapper();

  private ProblemSet() {}

  /** {@code count} reserved problems of a family, no operands or prompt twice. */
  public static List<Problem> draw(Family family, int count, long seed) {
    ProblemGenerator generator = new ProblemGenerator(seed ^ family.label().hashCode());
    Set<String> seen = new HashSet<>();
    List<Problem> problems = new ArrayList<>(count);
    while (problems.size() < count) {
      Problem problem = generator.reserved(family);
      if (seen.add(problem.operands())) {
        problems.add(problem);
      }
    }
    return problems;
  }

  /**
   * Writes {@code count} problems of each solvable family as JSON lines: {@code id} (such as {@code
   * addition-0007}), {@code family}, {@code prompt}, {@code expected} and {@code
   * expected_reasoning}.
   */
  public static void write(int count, long seed, Writer out) throws IOException {
    for (Family family : SOLVABLE) {
      List<Problem> problems = draw(family, count, seed);
      for (int i = 0; i < count; i++) {
        out.write(line(problems.get(i), i));
        out.write('\n');
      }
    }
  }

  private static String line(Problem problem, int index) throws IOException {
    String label = problem.family().label();
    ObjectNode line = JSON.createObjectNode();
    line.put("id", String.format(Locale.ROOT, "%s-%04d", label, index));
    line.put("family", label);
    line.put("prompt", problem.prompt());
    line.put("expected", problem.answer());
    line.put("expected_reasoning", problem.reasoning());
    return JSON.writeValueAsString(line);
  }
}
