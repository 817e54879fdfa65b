package io.reckon.engine.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.OutputConstraint;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConstraintsTest {
  private static final JsonMapper JSON = new JsonMapper();

  static List<String> schemas() throws Exception {
    return Schemas.schemas();
  }

  static List<String> regexes() throws Exception {
    return Schemas.regexes();
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void whatIsWrittenIsValidUnderItsSchema(String text) throws Exception {
    JsonSchema schema = JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(text);
    RandomAnswers answers = new RandomAnswers(new OutputConstraint.JsonSchema(text), 1);
    int shortest = answers.constraint().shortestAnswer();
    for (int most : new int[] {shortest, shortest + 1, shortest + 5, 40 + shortest, 400}) {
      for (int i = 0; i < 10; i++) {
        ConstraintRun answer = answers.next(most);
        assertThat(answer.mayEnd()).as(answer.text()).isTrue();
        assertThat(
                schema.validate(
                    answer.parsed(),
                    InputFormat.JSON,
                    context -> context.getExecutionConfig().setFormatAssertionsEnabled(true)))
            .as(answer.text())
            .isEmpty();
      }
    }
  }

  @Test
  void objectsOfOneOfNeedNoTypeWhereAPropertyTells() {
    String text =
        """
        {"oneOf": [{"properties": {"kind": {"const": "a"}}, "required": ["kind"]},
                   {"properties": {"kind": {"const": "b"}}, "required": ["kind"], "type": "object"}]}""";
    RandomAnswers answers = new RandomAnswers(new OutputConstraint.JsonSchema(text), 6);
    for (int i = 0; i < 10; i++) {
      assertThat(answers.next(40).text()).matches("\\{\"kind\": ?\"[ab]\"}");
    }
  }

  /** As Pydantic writes a union of two models that a literal tells apart. */
  @Test
  void aDiscriminatorBesideOneOfIsPassedOver() {
    String text =
        """
        {"$defs": {"Cat": {"type": "object", "title": "Cat", "required": ["kind"],
                           "properties": {"kind": {"const": "cat", "enum": ["cat"], "type": "string"}}},
                   "Dog": {"type": "object", "title": "Dog", "required": ["kind"],
                           "properties": {"kind": {"const": "dog", "title": "Kind", "type": "string"}}}},
         "discriminator": {"mapping": {"cat": "#/$defs/Cat", "dog": "#/$defs/Dog"}, "propertyName": "kind"},
         "oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}]}""";
    RandomAnswers answers = new RandomAnswers(new OutputConstraint.JsonSchema(text), 8);
    for (int i = 0; i < 10; i++) {
      assertThat(answers.next(40).text()).matches("\\{\"kind\": ?\"(cat|dog)\"}");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      textBlock =
          """
          {"const": "a", "enum": ["b", "a"]}                     ¦ "a"
          {"const": 2, "enum": [2.0], "type": "integer"}         ¦ 2
          {"const": [{"a": 1, "b": 2}], "enum": [[{"b": 2.0, "a": 1}]]} ¦ [{"a":1,"b":2}]
          """)
  void aConstantMayBeAmongTheValuesOfAnEnum(String schema, String written) throws Exception {
    RandomAnswers answers = new RandomAnswers(new OutputConstraint.JsonSchema(schema), 7);
    assertThat(JSON.readTree(answers.next(40).text())).isEqualTo(JSON.readTree(written));
  }

  @ParameterizedTest
  @MethodSource("regexes")
  void whatIsWrittenMatchesItsRegularExpression(String regex) throws Exception {
    RandomAnswers answers = new RandomAnswers(new OutputConstraint.Regex(regex), 2);
    int shortest = answers.constraint().shortestAnswer();
    for (int most : new int[] {shortest, shortest + 3, 100}) {
      for (int i = 0; i < 17; i++) {
        ConstraintRun answer = answers.next(most);
        assertThat(answer.mayEnd()).as(answer.text()).isTrue();
        assertThat(answer.text())
            .as(answer.text().codePoints().mapToObj(Integer::toHexString).toList().toString())
            .matches(Pattern.compile(regex));
        assertThat(JSON.readTree(answer.parsed()).asText()).isEqualTo(answer.text());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void aMaskAllowsTheTokensWhoseBytesLeadOn(String text) {
    Constraint constraint =
        TestVocabulary.constraints().compile(new OutputConstraint.JsonSchema(text));
    TokenAutomaton automaton = constraint.automaton();
    Random random = new Random(4);
    Expression state = constraint.start();
    for (int step = 0; step < 30 && !automaton.isDone(state); step++) {
      int left = step % 2 == 0 ? 1000 : state.distance() + random.nextInt(4);
      TokenMask mask = automaton.mask(state, left);
      for (int token = 1; token < TestVocabulary.bytes().size(); token++) {
        boolean inTime = automaton.next(state, token).distance() < left;
        assertThat(mask.allows(token)).as("token %d after %d", token, step).isEqualTo(inTime);
      }
      assertThat(mask.allows(TestVocabulary.END)).isEqualTo(state.isNullable());
      int[] tokens = mask.tokens();
      int chosen = tokens[random.nextInt(tokens.length)];
      state = chosen == TestVocabulary.END ? constraint.start() : automaton.next(state, chosen);
    }
  }

  @Test
  void aChoiceIsOneOfItsTexts() {
    List<String> texts = List.of("positive", "posit", "negative", "日本", "a b");
    RandomAnswers answers = new RandomAnswers(new OutputConstraint.Choice(texts), 3);
    assertThat(answers.constraint().shortestAnswer()).isEqualTo(3);
    for (int i = 0; i < 50; i++) {
      assertThat(answers.next(3 + i).text()).isIn(texts);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ", \"required\": [%s]"})
  void twoThousandPropertiesAreWrittenAndNoMore(String required) {
    List<String> names = IntStream.range(0, 2000).mapToObj("\"p%d\""::formatted).toList();
    String properties = String.join(": {\"type\": \"null\"}, ", names) + ": {}";
    String schema =
        "{\"type\": \"object\", \"properties\": {%s}%s}"
            .formatted(properties, required.formatted(String.join(", ", names)));
    RandomAnswers answers = new RandomAnswers(new OutputConstraint.JsonSchema(schema), 7);
    int shortest = answers.constraint().shortestAnswer();
    assertThat(answers.next(shortest).mayEnd()).isTrue();
    String more = schema.replace("\"p0\": ", "\"p\": {}, \"p0\": ");
    assertThatThrownBy(() -> Constraints.check(new OutputConstraint.JsonSchema(more)))
        .hasMessageContaining("#/properties has 2001 properties; give at most 2000");
  }

  @Test
  void refusesAChoiceOfHalfACharacter() {
    assertThatThrownBy(
            () -> Constraints.check(new OutputConstraint.Choice(List.of("😀", "a\ud83d"))))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("has half of a character, \\ud83d");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\": \"string\"}",
        "{\"type\": \"string\", \"pattern\": \"^[^a]\"}",
        "{\"type\": \"string\", \"pattern\": \"^.\", \"maxLength\": 9}"
      })
  void noStringHasTheCharacterZero(String schema) {
    ConstraintRun run =
        TestVocabulary.constraints().compile(new OutputConstraint.JsonSchema(schema)).begin(false);
    for (char value : List.of('"', '\\', 'u', '0', '0')) {
      run.append(1 + value);
    }
    assertThat(run.mask(99).allows(1 + '1')).isTrue();
    run.append(1 + '0');
    assertThat(run.mask(99).allows(1 + '1')).isTrue();
    assertThat(run.mask(99).allows(1 + '0')).isFalse();
  }

  @Test
  void forcesWhatHasNoAlternativeButNotWhatCouldGrowLonger() {
    String schema =
        """
        {"type": "object", "properties": {"label": {"type": "boolean"}}, "required": ["label"]}""";
    Constraint constraint =
        TestVocabulary.constraints().compile(new OutputConstraint.JsonSchema(schema));
    ConstraintRun run = constraint.begin(false);
    for (int token : run.forced()) {
      run.append(token);
    }
    // The quote and the colon are left: they are the beginning of longer tokens.
    assertThat(run.text()).isEqualTo("{\"label");
    assertThat(run.forced()).isEmpty();
  }

  @Test
  void lineEndsMayComeBetweenReasoningAndAnswer() {
    Constraint constraint =
        TestVocabulary.constraints().compile(new OutputConstraint.Choice(List.of("yes", "no")));
    ConstraintRun run = constraint.begin(true);
    run.append(1 + '\n');
    run.append(1 + '\n');
    assertThat(run.mask(9).allows(1 + '\n')).isFalse();
    assertThat(run.mask(9).allows(1 + 'y')).isTrue();
    run.append(1 + 'y');
    assertThat(run.forced()).containsExactly(1 + 'e', 1 + 's');
    run.append(1 + 'e');
    run.append(1 + 's');
    assertThat(run.isDone()).isTrue();
    assertThat(run.text()).isEqualTo("yes");
    assertThat(constraint.begin(false).mask(9).allows(1 + '\n')).isFalse();
  }

  @Test
  void endsOnlyWhereTheAnswerMayEnd() {
    Constraint constraint =
        TestVocabulary.constraints().compile(new OutputConstraint.Regex("a+(bc)?"));
    ConstraintRun run = constraint.begin(false);
    assertThat(run.mask(9).allows(TestVocabulary.END)).isFalse();
    run.append(1 + 'a');
    assertThat(run.mask(9).allows(TestVocabulary.END)).isTrue();
    run.append(1 + 'b');
    assertThat(run.mask(9).allows(TestVocabulary.END)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      textBlock =
          """
          {"type": "integer", "minimum": 3, "maximum": 2}          ¦ # leaves no number
          {"type": "string", "maxLength": -1}                      ¦ #/maxLength is -1
          {"type": "string", "minLength": 18446744073709551616}    ¦ #/minLength is 18446744073709551616
          {"type": "string", "minLength": 1e99}                    ¦ #/minLength is 1E+99
          {"type": "array", "minItems": "1"}                       ¦ #/minItems is "1"
          {"enum": ["a", ["b\\ud83d"]]}                            ¦ #/enum/1 the text
          {"const": "\\ude00"}                                     ¦ #/const the text
          {"type": "object", "properties": {"\\ud800": {}}}        ¦ #/properties the text
          {"type": "strin"}                                        ¦ #/type is 'strin'
          {"properties": {"a": {"not": {}}}}                       ¦ #/properties/a/not is not supported
          {"type": "object", "required": ["x"], "properties": {"a": {}}} ¦ #/required/0 is 'x'
          {"$ref": "#/$defs/missing"}                              ¦ #/$ref is '#/$defs/missing', which is not there
          {"$ref": "other.json"}                                   ¦ #/$ref is 'other.json'
          {"$ref": "#"}                                            ¦ refers to itself
          {"anyOf": [{"type": "null"}, {"$ref": "#"}]}             ¦ refers to itself
          {"type": "array", "items": {"$ref": "#"}, "minItems": 1} ¦ no answer meets the constraint
          {"allOf": [{}, {}]}                                      ¦ #/allOf has more than one schema
          {"oneOf": [{"type": "integer"}, {"type": "number"}]}     ¦ the schemas 0 and 1, which may both hold
          {"oneOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"type": "string"}]} ¦ tell them apart by a type in each
          {"oneOf": [{"minimum": 3}, {"type": "null"}]}            ¦ the schemas 0 and 1, which may both hold
          {"type": "string", "format": "uri"}                      ¦ #/format is 'uri', which is not supported
          {"type": "string", "pattern": "(?=a)b"}                  ¦ #/pattern the regular expression '(?=a)b' looks ahead
          {"type": "string", "pattern": "^a$", "minLength": 2}     ¦ contradict each other
          {"type": "array", "uniqueItems": true}                   ¦ #/uniqueItems is not supported
          {"type": "number", "multipleOf": 0.3}                    ¦ #/multipleOf is 0.3
          {"enum": []}                                             ¦ #/enum is []
          {"enum": ["a"], "type": "integer"}                       ¦ has no value of type integer
          {"const": "a", "enum": ["b", 1]}                         ¦ #/enum does not hold the const beside it, "a"
          {"const": "1", "enum": [1]}                              ¦ #/enum does not hold the const beside it
          {"const": "a", "enum": []}                               ¦ #/enum is []
          {"anyOf": [{}], "discriminator": {"propertyName": "a"}}  ¦ #/discriminator is not supported for a schema with anyOf
          {"discriminator": {"propertyName": "a"}, "oneOf": [{"minimum": 3}, {"type": "null"}]} ¦ the schemas 0 and 1, which may both hold
          false                                                    ¦ is false
          [1]                                                      ¦ no JSON object
          {"a": }                                                  ¦ no JSON: Unexpected character
          {"type": "integer", "maximum": 1e400}                    ¦ at most 30 digits
          {"a/b": 1}                                               ¦ #/a~1b is not supported
          """)
  void refusesASchemaByItsPlace(String schema, String problem) {
    assertThatThrownBy(() -> Constraints.check(new OutputConstraint.JsonSchema(schema)))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          (a       ~ has a ( without a ), at character 1
          a)       ~ has a ) without a (, at character 2
          [a       ~ has a [ without a ], at character 1
          a**      ~ two quantifiers
          *a       ~ nothing before it, at character 1
          a{2,1}   ~ a count from 2 to 1
          a{x}     ~ a { that begins no count
          (a)\\1   ~ refers back with \\1
          \\bword  ~ has \\b, which is not supported
          (?i)a    ~ a group of a kind
          (?<=a)b  ~ looks ahead or behind
          a^b      ~ an anchor
          (a$)     ~ an anchor inside a group
          [z-a]    ~ no character to a later one
          \\p{Foo} ~ a category that is not known
          (((a{1000}){1000}){1000}){9} ~ is too large
          (a|b)*a(a|b){25} ~ is too large
          [[a]]    ~ a class inside a class
          \\ud800  ~ which is no character
          """)
  void refusesWhatIsNotRegularByItsPlace(String regex, String problem) {
    assertThatThrownBy(() -> Constraints.check(new OutputConstraint.Regex(regex)))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void whatIsForcedIsSpelledAsTheTokenizerDoesHoweverLongItIs() {
    Constraints constraints =
        new Constraints(TestVocabulary::bytes, ConstraintsTest::byteByByte, List.of(0));
    String text = "ab" + "日".repeat(100); // what is looked at ends within a character
    int[] forced =
        constraints.compile(new OutputConstraint.Choice(List.of(text))).begin(false).forced();
    assertThat(forced).hasSizeGreaterThan(200);
    assertThat(forced).isEqualTo(Arrays.copyOf(byteByByte(text), forced.length));
  }

  private static int[] byteByByte(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return IntStream.range(0, bytes.length).map(i -> 1 + (bytes[i] & 0xff)).toArray();
  }

  @Test
  void anEndThatIsPlainTextComesAtTheEndAlone() {
    int end = TestVocabulary.tokenize("abc")[0];
    Constraints constraints =
        new Constraints(TestVocabulary::bytes, TestVocabulary::tokenize, List.of(end));
    ConstraintRun answer =
        constraints.compile(new OutputConstraint.Regex("[a-z]{3,}")).begin(false);
    assertThat(answer.mask(20).allows(end)).isFalse();
    for (int letter : "abc".getBytes(StandardCharsets.US_ASCII)) {
      answer.append(1 + letter);
    }
    assertThat(answer.mask(20).allows(end)).isTrue();
    assertThat(answer.text()).isEqualTo("abc");
  }

  @Test
  void refusesWhatNestsTooDeeply() {
    String definitions =
        IntStream.range(0, 20_000)
            .mapToObj(i -> "\"%d\": {\"$ref\": \"#/$defs/%d\"}".formatted(i, i + 1))
            .collect(Collectors.joining(", "));
    String chain =
        "{\"$ref\": \"#/$defs/0\", \"$defs\": {%s, \"20000\": true}}".formatted(definitions);
    OutputConstraint deep = new OutputConstraint.JsonSchema(chain);
    assertThatThrownBy(() -> Constraints.check(deep))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("nests too deeply");
    assertThat(refusal(TestVocabulary.constraints(), deep))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("nests too deeply");
  }

  @Test
  void needsTheCharactersInTheVocabulary() {
    Constraints constraints =
        new Constraints(
            () ->
                List.of(
                    new byte[0],
                    new byte[] {'a'},
                    "bc".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
            text -> new int[0],
            List.of(0));
    assertThat(constraints.compile(new OutputConstraint.Regex("a+(b|c)?")).shortestAnswer())
        .isEqualTo(1);
    assertThatThrownBy(() -> constraints.compile(new OutputConstraint.Choice(List.of("ab"))))
        .hasMessageContaining("characters that the model has no tokens for");
  }

  @Test
  void remembersWhatItRefused() {
    Constraints constraints = TestVocabulary.constraints();
    OutputConstraint large = new OutputConstraint.Regex("(a|b)*a(a|b){25}");
    assertThat(refusal(constraints, large)).isSameAs(refusal(constraints, large));
  }

  @Test
  void othersNeedNotWaitForWhatIsBeingCompiled() throws Exception {
    Constraints constraints = TestVocabulary.constraints();
    OutputConstraint small = new OutputConstraint.Regex("a");
    Constraint known = constraints.compile(small);
    CountDownLatch started = new CountDownLatch(1);
    CompletableFuture<Throwable> large =
        CompletableFuture.supplyAsync(
            () -> {
              started.countDown();
              return refusal(constraints, new OutputConstraint.Regex("(a|b)*a(a|b){25}"));
            });
    started.await();
    assertThat(constraints.compile(small)).isSameAs(known);
    constraints.compile(new OutputConstraint.Regex("b"));
    assertThat(large.isDone()).isFalse();
    assertThat(large.join()).hasMessageContaining("too large");
  }

  private static Throwable refusal(Constraints constraints, OutputConstraint constraint) {
    return catchThrowable(() -> constraints.compile(constraint));
  }
}
