package io.reckon.jobs.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.jobs.TestSpark;
import io.reckon.jobs.tables.ReckonTable;
import io.reckon.udfs.GenerationRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class VotesTest {
  private static final StructType ANSWERS =
      new StructType()
          .add("prompt_id", DataTypes.StringType)
          .add("request_key", DataTypes.StringType)
          .add("sample", DataTypes.IntegerType)
          .add("answer", DataTypes.StringType)
          .add("parsed", DataTypes.StringType)
          .add("error", GenerationRow.ERROR)
          .add("vote_share", DataTypes.DoubleType)
          .add("finish_reason", DataTypes.StringType)
          .add("model", DataTypes.StringType)
          .add("model_fingerprint", DataTypes.StringType)
          .add("source_version", DataTypes.LongType)
          .add("run_id", DataTypes.StringType)
          .add("generated_at", DataTypes.LongType);

  private static final StructType REQUESTS =
      new StructType()
          .add("prompt_id", DataTypes.StringType)
          .add("request_key", DataTypes.StringType)
          .add("asked", DataTypes.IntegerType);

  private final List<Row> answers = new ArrayList<>();

  @Test
  void theAnswerOfMostSamplesWins() {
    say("a", "x", "y", "y ", "z");
    say("tie", "second", "first", "second", "first");
    say("blank", "", "", "", "only");
    fail("failed", 3);
    answers.add(answer("failed", 3, "still", null, null, null, 1));

    assertThat(votes())
        .containsExactly("a y 0.5", "blank only 0.25", "failed still 0.25", "tie second 0.5");
  }

  @Test
  void equalJsonIsOneAnswer() {
    answers.add(answer("j", 0, "1", "[2]", null, null, 1));
    answers.add(answer("j", 1, "2", "{\"a\": 1}", null, null, 1));
    answers.add(answer("j", 2, "3", "{\"a\":1.0}", null, null, 1));
    answers.add(answer("j", 3, "4", "{\"a\":1}", null, null, 1));

    assertThat(votes()).containsExactly("j 2 0.5");
  }

  @Test
  void theOrderOfMembersMakesNoDifference() {
    answers.add(answer("j", 0, "1", "{\"a\":[{\"c\":1,\"d\":2}],\"b\":3}", null, null, 1));
    answers.add(answer("j", 1, "2", "7", null, null, 1));
    answers.add(answer("j", 2, "3", "{\"b\":3,\"a\":[{\"d\":2,\"c\":1}]}", null, null, 1));

    assertThat(votes()).containsExactly("j 1 0.5");
  }

  @Test
  void aVoteWhoseSamplesSayNothingAnyMoreIsWithdrawnOnce() {
    say("gone", "x", "x");
    answers.add(answer("gone", ReckonTable.VOTE, "x", null, null, 0.5, 2));
    for (int sample = 0; sample < 2; sample++) {
      answers.add(
          answer("gone", sample, null, null, RowFactory.create("ENGINE_KILLED", "w"), null, 3));
    }

    assertThat(votes()).containsExactly("gone null 0.0");

    answers.add(answer("gone", ReckonTable.VOTE, null, null, null, 0.0, 4));

    assertThat(votes()).isEmpty();
  }

  @Test
  void aVoteThatStandsIsNotCountedAgain() {
    say("same", "x", "x", "x", "x");
    answers.add(answer("same", ReckonTable.VOTE, "x", null, null, 1.0, 2));
    say("changed", "x", "x", "y", "y");
    answers.add(answer("changed", ReckonTable.VOTE, "x", null, null, 0.5, 2));
    answers.add(answer("changed", 0, "y", null, null, null, 3));

    assertThat(votes()).containsExactly("changed y 0.75");
  }

  @Test
  void theShareIsOfTheSamplesThatTheRowItselfAsksFor() {
    say("few", "x", "x", "y", "y");
    say("many", "x", "x", "y", "y", "y");

    assertThat(votes(Map.of("few", 2, "many", 5))).containsExactly("few x 1.0", "many y 0.6");
  }

  private List<String> votes() {
    return votes(Map.of());
  }

  /**
   * @param asked how many samples; 4 where a prompt is not named
   */
  private List<String> votes(Map<String, Integer> asked) {
    Dataset<Row> all = TestSpark.session().createDataFrame(answers, ANSWERS);
    List<Row> requests =
        answers.stream()
            .map(row -> row.getString(0))
            .distinct()
            .map(prompt -> RowFactory.create(prompt, "key", asked.getOrDefault(prompt, 4)))
            .toList();
    Dataset<Row> asking = TestSpark.session().createDataFrame(requests, REQUESTS);
    return Votes.of(all, asking, "run9").orderBy("prompt_id").collectAsList().stream()
        .map(
            row ->
                row.getAs("prompt_id") + " " + row.getAs("answer") + " " + row.getAs("vote_share"))
        .toList();
  }

  private void say(String prompt, String... said) {
    IntStream.range(0, said.length)
        .forEach(i -> answers.add(answer(prompt, i, said[i], null, null, null, 1)));
  }

  private void fail(String prompt, int samples) {
    for (int sample = 0; sample < samples; sample++) {
      answers.add(
          answer(prompt, sample, null, null, RowFactory.create("PROMPT_EMPTY", "why"), null, 1));
    }
  }

  private static Row answer(
      String prompt, int sample, String said, String parsed, Row error, Double share, long time) {
    return RowFactory.create(
        prompt, "key", sample, said, parsed, error, share, "stop", "m", "f", null, "run1", time);
  }
}
