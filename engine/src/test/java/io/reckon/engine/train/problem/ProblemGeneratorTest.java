package io.reckon.engine.train.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProblemGeneratorTest {
  private static final int MANY = 20_000;
  private static final String ANSWER = "(?:x = )?(-?\\d+(?: remainder \\d+)?)";
  private static final Pattern CLAIM =
      Pattern.compile("(?is)^is " + ANSWER + " the correct|(?:answer: |answered |wrote )" + ANSWER);

  @Test
  void repeatsItselfForTheSameSeed() {
    assertThat(training(7, 500)).isEqualTo(training(7, 500)).isNotEqualTo(training(8, 500));
  }

  @Test
  void sharesNothingBetweenSeedsAStrideOfTheGeneratorApart() {
    Set<String> first = prompts(training(7, 500));
    Set<String> next = prompts(training(7 + 0x9E3779B97F4A7C15L, 500));
    next.retainAll(first);
    assertThat(next).hasSizeLessThan(20);
  }

  @Test
  void neverTrainsOnReservedProblems() {
    Set<String> reserved = new HashSet<>();
    for (Family family : ProblemSet.SOLVABLE) {
      ProblemSet.draw(family, 200, 1).forEach(problem -> reserved.add(problem.prompt()));
    }
    assertThat(training(2, MANY))
        .noneMatch(Problem::reserved)
        .noneMatch(problem -> reserved.contains(problem.prompt()));
  }

  @Test
  void reservesATenthOfAllOperands() {
    long reserved =
        IntStream.range(0, MANY)
            .mapToObj(i -> problem("add " + i + " " + 7 * i))
            .filter(Problem::reserved)
            .count();
    assertThat(reserved).isBetween(MANY * 9L / 100, MANY * 11L / 100);
  }

  @Test
  void keepsOperandsReservedWhateverTheFamilyThatUsesThem() {
    assertThat(problem("add 17 25").reserved())
        .isEqualTo(
            new Problem(Family.GRADING, "p", Optional.empty(), "r", "correct", "add 17 25")
                .reserved());
  }

  @ParameterizedTest
  @EnumSource
  void asksEachFamilyInManyPhrasings(Family family) {
    Map<String, Long> forms = new TreeMap<>();
    reserved(family, 600).forEach(p -> forms.merge(skeleton(p.prompt()), 1L, Long::sum));
    assertThat(forms).hasSizeGreaterThanOrEqualTo(8);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"GRADING", "REFUSAL"})
  void answersAsIndependentArithmeticDoes(Family family) {
    assertThat(reserved(family, 2000))
        .allSatisfy(p -> assertThat(p.answer()).as(p.prompt()).isEqualTo(AnswerOracle.answer(p)));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REFUSAL")
  void writesOnlyTrueStatements(Family family) {
    assertThat(reserved(family, 2000))
        .allSatisfy(p -> assertThat(TraceChecker.faults(p)).as(p.reasoning()).isEmpty());
  }

  @Test
  void gradesByTheRightAnswer() {
    Map<Boolean, Integer> verdicts = new TreeMap<>();
    for (Problem problem : reserved(Family.GRADING, 2000).toList()) {
      Problem solved =
          new Problem(
              Family.DIVISION, "", problem.system(), "", problem.answer(), problem.operands());
      String right = AnswerOracle.answer(solved);
      boolean correct = claim(problem.prompt()).equals(right);
      verdicts.merge(correct, 1, Integer::sum);
      assertThat(problem.answer())
          .as(problem.prompt())
          .isEqualTo(correct ? "correct" : "incorrect: the answer is " + right);
    }
    assertThat(verdicts.values()).allMatch(count -> count > 800);
  }

  private static String claim(String prompt) {
    Matcher claim = CLAIM.matcher(prompt.replace("−", "-").replace(" r ", " remainder "));
    assertThat(claim.find()).as(prompt).isTrue();
    return claim.group(1) == null ? claim.group(2) : claim.group(1);
  }

  @Test
  void spreadsTheSizesOfNumbers() {
    Map<Integer, Long> lengths = new TreeMap<>();
    reserved(Family.ADDITION, 4000)
        .forEach(p -> lengths.merge(p.operands().split(" ", -1)[2].length(), 1L, Long::sum));
    assertThat(lengths.keySet()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    Map<Long, Long> operators = new TreeMap<>();
    reserved(Family.EXPRESSION, 2000)
        .map(p -> p.operands().chars().filter(c -> "+-*/".indexOf(c) >= 0).count())
        .forEach(count -> operators.merge(count, 1L, Long::sum));
    assertThat(operators.keySet()).containsExactly(2L, 3L, 4L, 5L);
    assertThat(operators.values()).allMatch(count -> count > 400);
  }

  @Test
  void mixesAllFamiliesAndAFewSystemMessages() {
    Map<Family, Integer> counts = new EnumMap<>(Family.class);
    List<Problem> problems = training(4, MANY);
    problems.forEach(problem -> counts.merge(problem.family(), 1, Integer::sum));
    assertThat(counts).containsOnlyKeys(Family.values());
    assertThat(counts.values().stream().min(Comparator.naturalOrder()).orElseThrow())
        .isGreaterThan(MANY / 30);
    assertThat(problems.stream().filter(p -> p.system().isPresent()).count())
        .isBetween(MANY / 50L, MANY / 25L);
  }

  private static Problem problem(String operands) {
    return new Problem(Family.ADDITION, "p", Optional.empty(), "r", "a", operands);
  }

  private static String skeleton(String prompt) {
    return prompt
        .toLowerCase(Locale.ROOT)
        .replace("please ", "")
        .replaceAll("[0-9][0-9,./]*", "#")
        .replaceAll("[\\s.?−×÷*/+()x-]+", " ")
        .strip();
  }

  private static List<Problem> training(long seed, int count) {
    ProblemGenerator generator = new ProblemGenerator(seed);
    return IntStream.range(0, count).mapToObj(i -> generator.training()).toList();
  }

  private static Set<String> prompts(List<Problem> problems) {
    return problems.stream().map(Problem::prompt).collect(Collectors.toCollection(HashSet::new));
  }

  private static Stream<Problem> reserved(Family family, int count) {
    ProblemGenerator generator = new ProblemGenerator(11);
    return IntStream.range(0, count).mapToObj(i -> generator.reserved(family));
  }
}
