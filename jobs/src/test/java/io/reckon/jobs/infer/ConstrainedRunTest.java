package io.reckon.jobs.infer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.api.Thinking;
import io.reckon.jobs.TestSpark;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Constrained answers, from the built-in model to the tables. */
class ConstrainedRunTest {
  private static final SparkSession SPARK = TestSpark.session();

  @TempDir Path folder;

  @Test
  void whatIsParsedStandsInTheAnswers() throws IOException {
    Files.writeString(
        folder.resolve("prompts.csv"),
        "id,prompt\nsum,What is 417 + 285?\nproduct,What is 23 * 7?\n");
    String schema =
        """
        {"type": "object", "required": ["n", "sure"], "properties":
          {"n": {"type": "integer", "minimum": 0, "maximum": 999}, "sure": {"type": "boolean"}}}""";
    SamplingParameters sampling =
        SamplingParameters.builder()
            .maxNewTokens(200)
            .thinking(Thinking.atMost(4))
            .constraint(new OutputConstraint.JsonSchema(schema))
            .build();
    String output = folder.resolve("out").toString();
    InferOptions options =
        InferOptions.builder(folder.resolve("prompts.csv").toString(), output)
            .sampling(sampling)
            .report(false)
            .examples(0)
            .build();

    var unused = new InferJob().run(SPARK, options, Progress.NONE);

    OutputFolder tables = OutputFolder.at(SPARK, output);
    List<Row> answers = tables.read(ReckonTable.ANSWERS).collectAsList();
    assertThat(answers).hasSize(2);
    for (Row row : answers) {
      JsonNode parsed = new JsonMapper().readTree(row.<String>getAs("parsed"));
      assertThat(parsed.path("n").asInt(-1)).isBetween(0, 999);
      assertThat(parsed.path("sure").isBoolean()).isTrue();
      assertThat(row.<String>getAs("finish_reason")).isEqualTo("thinking_budget");
      assertThat(row.<Integer>getAs("reasoning_tokens")).isBetween(5, 14);
    }
    String configuration =
        tables.read(ReckonTable.RUNS).select("configuration").first().getString(0);
    JsonNode said = new JsonMapper().readTree(configuration).path("sampling");
    assertThat(said.path("constraint").path("kind").asText()).isEqualTo("JsonSchema");
    assertThat(said.path("thinking").path("tokens").asInt()).isEqualTo(4);
  }

  @Test
  void samplesVote() throws IOException {
    Files.writeString(folder.resolve("prompts.csv"), "id,prompt\na,Is 7 odd?\nb,\n");
    SamplingParameters sampling =
        SamplingParameters.builder()
            .temperature(2)
            .thinking(Thinking.OFF)
            .constraint(new OutputConstraint.Choice(List.of("yes", "no")))
            .build();
    String output = folder.resolve("out").toString();
    InferOptions options =
        InferOptions.builder(folder.resolve("prompts.csv").toString(), output)
            .sampling(sampling)
            .report(false)
            .examples(0)
            .samples(3)
            .vote(true)
            .build();

    RunSummary first = new InferJob().run(SPARK, options, Progress.NONE);
    RunSummary second = new InferJob().run(SPARK, options, Progress.NONE);

    Dataset<Row> answers = OutputFolder.at(SPARK, output).read(ReckonTable.ANSWERS);
    List<Row> votes = answers.where("sample = -1").collectAsList();
    assertThat(votes).hasSize(1);
    String said = votes.get(0).getAs("answer");
    long agree = answers.where("sample >= 0 and answer = '" + said + "'").count();
    assertThat(agree).isGreaterThanOrEqualTo(2);
    assertThat(votes.get(0).<Double>getAs("vote_share")).isEqualTo(agree / 3.0);
    assertThat(votes.get(0).<String>getAs("run_id")).isEqualTo(first.runId());
    assertThat(first.count().rows()).isEqualTo(6);
    assertThat(second.count().rows()).isZero();
  }
}
