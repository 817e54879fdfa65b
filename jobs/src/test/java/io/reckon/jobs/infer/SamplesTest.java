package io.reckon.jobs.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reckon.engine.api.SamplingParameters;
import io.reckon.jobs.TestSpark;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import io.reckon.udfs.EngineSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several samples a prompt, with their log-probabilities, from the built-in model to the tables.
 */
class SamplesTest {
  private static final SparkSession SPARK = TestSpark.session();
  private static final int SAMPLES = 3;

  @TempDir Path folder;

  @Test
  void drawsEachSampleOfItsOwnAndTheSameInEveryRun() throws IOException {
    String prompts = "id,prompt\nsum,What is 417 + 285?\nproduct,What is 23 * 7?\nbad,\n";
    Files.writeString(folder.resolve("prompts.csv"), prompts);

    List<Row> first = generations("first");

    assertThat(first)
        .extracting(row -> row.<String>getAs("prompt_id") + row.<Integer>getAs("sample"))
        .containsExactly(
            "bad0", "bad1", "bad2", "product0", "product1", "product2", "sum0", "sum1", "sum2");
    assertThat(first.subList(3, 6)).extracting(SamplesTest::ids).doesNotHaveDuplicates();
    assertThat(generations("second")).isEqualTo(first);
    assertThat(first.subList(0, 3)).extracting(SamplesTest::ids).containsOnlyNulls();
    assertThat(first.subList(3, 9)).allSatisfy(SamplesTest::assertTokensAddUp);
  }

  private List<Row> generations(String name) {
    SamplingParameters sampling =
        SamplingParameters.builder()
            .temperature(2.5)
            .maxNewTokens(60)
            .listTokens(true)
            .topLogprobs(2)
            .build();
    InferOptions options =
        InferOptions.builder(
                folder.resolve("prompts.csv").toString(), folder.resolve(name).toString())
            .engine(EngineSettings.builtin().withMode("int8"))
            .sampling(sampling)
            .samples(SAMPLES)
            .report(false)
            .examples(0)
            .build();
    var unused = new InferJob().run(SPARK, options, Progress.NONE);
    OutputFolder output = OutputFolder.at(SPARK, folder.resolve(name).toString());
    Dataset<Row> traces = output.read(ReckonTable.REASONING_TRACES).drop("reasoning_tokens");
    return output
        .read(ReckonTable.ANSWERS)
        .join(traces, new String[] {"prompt_id", "sample", "request_key", "run_id"}, "left")
        .drop("run_id", "generated_at", "cached_tokens")
        .orderBy("prompt_id", "sample")
        .collectAsList();
  }

  private static List<Integer> ids(Row row) {
    int column = row.fieldIndex("token_ids");
    return row.isNullAt(column) ? null : row.getList(column);
  }

  private static void assertTokensAddUp(Row row) {
    List<Float> logprobs = row.getList(row.fieldIndex("token_logprobs"));
    int reasoning = row.<Integer>getAs("reasoning_tokens");
    double answer = logprobs.stream().skip(reasoning).mapToDouble(Float::doubleValue).sum();
    assertThat(ids(row)).hasSameSizeAs(logprobs);
    assertThat(row.<Double>getAs("logprob")).isEqualTo(answer, within(1e-5));
    int ended = row.<String>getAs("finish_reason").equals("stop") ? 1 : 0;
    int answerTokens = row.<Integer>getAs("answer_tokens");
    assertThat(ids(row)).hasSize(reasoning + answerTokens + ended);
    List<scala.collection.Map<Integer, Float>> likeliest =
        row.getList(row.fieldIndex("top_logprobs"));
    assertThat(likeliest)
        .hasSameSizeAs(logprobs)
        .allSatisfy(
            place -> {
              Map<Integer, Float> two = scala.jdk.javaapi.CollectionConverters.asJava(place);
              assertThat(two).hasSize(2);
            });
  }
}
