package io.reckon.engine.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.reckon.engine.api.OutputConstraint;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionsTest {
  /** Only the last member of an object tells which of two it is. */
  private static final String EITHER = "{\"anyOf\": [%s, %s]}".formatted(node("a"), node("b"));

  /** The same, where objects of one kind hold fewer kinds. */
  private static final String UNEVEN =
      """
      {"$defs": {"a": %s, "b": %s, "c": %s,
                 "some": {"anyOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}]}},
       "anyOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}, {"$ref": "#/$defs/c"}]}"""
          .formatted(node("a").replace("\"#\"", "\"#/$defs/some\""), node("b"), node("c"));

  private static String node(String kind) {
    return """
        {"type": "object", "required": ["children", "kind"],
         "properties": {"children": {"type": "array", "items": {"$ref": "#"}}, "kind": {"const": "%s"}}}"""
        .formatted(kind);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void manyLevelsOfWhatCanBeReadInTwoWaysAreWrittenAndClosed(int schema) {
    String text = List.of(EITHER, UNEVEN).get(schema);
    String answer = nested(25, "b", "a");
    assertTimeoutPreemptively( // Against a hang alone: twice the work a level would take hours.
        Duration.ofMinutes(2), () -> assertThat(written(text, answer)).isEqualTo(answer));
  }

  /** Writes an answer byte by byte, as an engine would that asks for every mask. */
  private static String written(String schema, String answer) {
    ConstraintRun run =
        TestVocabulary.constraints().compile(new OutputConstraint.JsonSchema(schema)).begin(false);
    for (byte value : answer.getBytes(StandardCharsets.UTF_8)) {
      run.forced();
      assertThat(run.mask(1_000_000).allows(1 + (value & 0xff))).isTrue();
      run.append(1 + (value & 0xff));
    }
    assertThat(run.isDone()).isTrue();
    return run.text();
  }

  private static String nested(int levels, String... kinds) {
    StringBuilder answer = new StringBuilder("{\"children\":[".repeat(levels));
    for (int level = 0; level < levels; level++) {
      answer.append("],\"kind\":\"").append(kinds[level % kinds.length]).append("\"}");
    }
    return answer.toString();
  }

  @Test
  void whatMayFollowGrowsByTheSameAtEachLevel() {
    assertTimeoutPreemptively(
        Duration.ofMinutes(2),
        () -> {
          int ofTen = expressionsAfter(10);
          int ofTwenty = expressionsAfter(20);
          assertThat(expressionsAfter(30) - ofTwenty).isEqualTo(ofTwenty - ofTen);
        });
  }

  private static int expressionsAfter(int levels) {
    Expressions expressions = new Expressions(allBytes());
    Expression state = after("{\"children\":[".repeat(levels), expressions);
    assertThat(state).isNotSameAs(expressions.nothing());
    return expressions.size();
  }

  /** What may follow a text of {@link #EITHER}. */
  private static Expression after(String text, Expressions expressions) {
    AnswerStates states = new AnswerStates(expressions);
    Expression state = SchemaCompiler.compile(EITHER, expressions);
    expressions.close();
    for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
      state = states.next(state, value);
    }
    return state;
  }

  @Test
  void nestsDeeperThanAnyStack() {
    Expressions expressions = new Expressions(allBytes());
    String answer = nested(3000, "a", "b", "b");
    assertTimeoutPreemptively(
        Duration.ofMinutes(2),
        () -> assertThat(after(answer, expressions)).isSameAs(expressions.empty()));
  }

  private static BitSet allBytes() {
    BitSet all = new BitSet();
    all.set(0, 256);
    return all;
  }

  /** A language, as an expression and as the platform's own regular expression. */
  private record Both(Expression expression, String regex) {}

  @Test
  void acceptsWhatAnObviousMatcherAccepts() {
    Random random = new Random(5);
    for (int round = 0; round < 300; round++) {
      Expressions expressions = new Expressions(allBytes());
      expressions.close();
      Both language = random(expressions, random);
      Pattern pattern = Pattern.compile(language.regex());
      for (String text : texts(6)) {
        Expression state = language.expression();
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
          state = expressions.derivative(state, value);
        }
        assertThat(state.isNullable())
            .as("%s in %s", text, language.regex())
            .isEqualTo(pattern.matcher(text).matches());
      }
    }
  }

  /** Built of a few parts that come again and again, so that ways part late and meet. */
  private static Both random(Expressions expressions, Random random) {
    List<Both> pool = new ArrayList<>();
    for (String letter : List.of("a", "b", "ab")) {
      pool.add(new Both(expressions.literal(letter), letter));
    }
    for (int step = 0; step < 8; step++) {
      Both one = pool.get(random.nextInt(pool.size()));
      Both other = pool.get(random.nextInt(pool.size()));
      pool.add(combined(expressions, random.nextInt(5), one, other));
    }
    return pool.get(pool.size() - 1);
  }

  private static Both combined(Expressions expressions, int how, Both one, Both other) {
    String both = "(?:%s)(?:%s)".formatted(one.regex(), other.regex());
    Expression sequence = expressions.sequence(one.expression(), other.expression());
    return switch (how) {
      case 0, 1 -> new Both(sequence, both);
      case 2 ->
          new Both(
              expressions.choice(List.of(sequence, one.expression(), other.expression())),
              "(?:%s|%s|%s)".formatted(both, one.regex(), other.regex()));
      case 3 -> new Both(expressions.optional(one.expression()), "(?:%s)?".formatted(one.regex()));
      default ->
          one.expression().isNullable()
              ? other
              : new Both(
                  expressions.repeat(one.expression(), 0, Expressions.UNBOUNDED),
                  "(?:%s)*".formatted(one.regex()));
    };
  }

  /** All texts of up to so many letters a and b. */
  private static List<String> texts(int most) {
    List<String> texts = new ArrayList<>(List.of(""));
    for (int from = 0, length = 0; length < most; length++) {
      int to = texts.size();
      IntStream.range(from, to)
          .forEach(i -> texts.addAll(List.of(texts.get(i) + "a", texts.get(i) + "b")));
      from = to;
    }
    return texts;
  }
}
