package io.reckon.engine.train.problem;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * An endless stream of problems that a seed determines. Problems whose operands are {@linkplain
 * Problem#reserved() reserved} come from {@link #reserved} alone. Not thread-safe.
 */
public final class ProblemGenerator {
  private static final double SYSTEM_MESSAGE_SHARE = 0.03;

  private static final List<String> SYSTEM_MESSAGES =
      List.of(
          "You are a helpful assistant.",
          "You are a careful mathematician.",
          "Answer the question.",
          "Think step by step.",
          "You label data. Be brief.",
          "Be precise and show your work.",
          "Answer with a single number if you can.",
          "You are Reckon, a small model that does arithmetic.");

  private static final Map<Family, ProblemSource> SOURCES = sources();
  private static final Map<Family, Integer> WEIGHTS = weights();
  private static final int TOTAL_WEIGHT =
      WEIGHTS.values().stream().mapToInt(Integer::intValue).sum();

  private final Randomness random;

  public ProblemGenerator(long seed) {
    random = new Randomness(seed);
  }

  /** The next problem to learn from, of a family drawn by weight; never a reserved one. */
  public Problem training() {
    Problem problem = draw(family(), false);
    return random.chance(SYSTEM_MESSAGE_SHARE)
        ? problem.withSystem(random.pick(SYSTEM_MESSAGES))
        : problem;
  }

  /** The next reserved problem of a family, its sizes spread over what the family promises. */
  public Problem reserved(Family family) {
    return draw(family, true);
  }

  private Problem draw(Family family, boolean reserved) {
    ProblemSource source = SOURCES.get(family);
    Problem problem = source.draw(random);
    while (problem.reserved() != reserved) {
      problem = source.draw(random);
    }
    return problem;
  }

  private Family family() {
    int left = random.between(1, TOTAL_WEIGHT);
    for (Map.Entry<Family, Integer> entry : WEIGHTS.entrySet()) {
      left -= entry.getValue();
      if (left <= 0) {
        return entry.getKey();
      }
    }
    throw new AssertionError("weights add up to less than their total");
  }

  private static Map<Family, ProblemSource> sources() {
    Map<Family, ProblemSource> sources = new EnumMap<>(Family.class);
    sources.put(Family.ADDITION, Sums::addition);
    sources.put(Family.SUBTRACTION, Sums::subtraction);
    sources.put(Family.MULTIPLICATION, Products::draw);
    sources.put(Family.DIVISION, Quotients::division);
    sources.put(Family.COMPARISON, Comparisons::draw);
    sources.put(Family.DIVISIBILITY, Quotients::divisibility);
    sources.put(Family.GREATEST_COMMON_DIVISOR, Divisors::draw);
    sources.put(Family.EXPRESSION, Expressions::draw);
    sources.put(Family.EQUATION, Equations::draw);
    sources.put(Family.WORD_PROBLEM, WordProblems::draw);
    sources.put(Family.GRADING, Gradings::draw);
    sources.put(Family.REFUSAL, Refusals::draw);
    return sources;
  }

  /** How often each family is drawn, in hundredths: more for long traces and many rules. */
  private static Map<Family, Integer> weights() {
    Map<Family, Integer> weights = new EnumMap<>(Family.class);
    weights.put(Family.ADDITION, 6);
    weights.put(Family.SUBTRACTION, 8);
    weights.put(Family.MULTIPLICATION, 12);
    weights.put(Family.DIVISION, 7);
    weights.put(Family.COMPARISON, 18);
    weights.put(Family.DIVISIBILITY, 5);
    weights.put(Family.GREATEST_COMMON_DIVISOR, 8);
    weights.put(Family.EXPRESSION, 13);
    weights.put(Family.EQUATION, 8);
    weights.put(Family.WORD_PROBLEM, 9);
    weights.put(Family.GRADING, 10);
    weights.put(Family.REFUSAL, 5);
    return weights;
  }
}
