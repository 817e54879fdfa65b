package io.reckon.jobs.tables;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** Reads answers with their traces. */
public final class AnswerReader {
  /** Of several rows of a sample the one counts for which this is the largest. */
  public static final Column AGE = struct("generated_at", "run_id");

  private static final Column[] COLUMNS = {
    col("prompt_id"),
    col("sample"),
    col("reasoning"),
    col("answer"),
    col("parsed"),
    col("vote_share"),
    col("finish_reason"),
    col("error.code").as("error_code"),
    col("error.message").as("error_message"),
    col("prompt_tokens"),
    col("reasoning_tokens"),
    col("answer_tokens"),
    col("logprob"),
    col("model"),
    col("run_id"),
    col("generated_at")
  };

  private AnswerReader() {}

  /**
   * The current answers: the newest row of each prompt and sample, with its trace; no votes. The
   * prompts themselves are in their source.
   */
  public static Dataset<Row> current(OutputFolder output) {
    return traced(newest(answers(output)), output.read(ReckonTable.REASONING_TRACES));
  }

  /**
   * The newest rows of what requests ask, whatever else their prompts were asked.
   *
   * @param requests prompt_id, request_key, and how many samples are asked
   */
  public static Dataset<Row> of(OutputFolder output, Dataset<Row> requests) {
    Dataset<Row> asked = requests.select("prompt_id", "request_key", "asked");
    Dataset<Row> own =
        answers(output)
            .join(asked, new String[] {"prompt_id", "request_key"})
            .where("sample < asked")
            .drop("asked");
    return traced(newest(own), output.read(ReckonTable.REASONING_TRACES));
  }

  /** The current answers, and beside the samples of a prompt the newest vote over what they say. */
  public static Dataset<Row> currentWithVotes(OutputFolder output) {
    Dataset<Row> samples = newest(answers(output));
    Dataset<Row> asked = samples.where("sample = 0").select("prompt_id", "request_key");
    Dataset<Row> votes =
        output
            .read(ReckonTable.ANSWERS)
            .where(col("sample").equalTo(ReckonTable.VOTE))
            .join(asked, new String[] {"prompt_id", "request_key"}, "left_semi");
    return traced(samples.unionByName(newest(votes)), output.read(ReckonTable.REASONING_TRACES));
  }

  /** The answers that one run has made, with their traces; no votes. */
  public static Dataset<Row> ofRun(OutputFolder output, String runId) {
    Column own = col("run_id").equalTo(runId);
    return traced(answers(output).where(own), output.read(ReckonTable.REASONING_TRACES).where(own));
  }

  private static Dataset<Row> answers(OutputFolder output) {
    return output.read(ReckonTable.ANSWERS).where(col("sample").notEqual(ReckonTable.VOTE));
  }

  private static Dataset<Row> traced(Dataset<Row> answers, Dataset<Row> traces) {
    return answers
        .join(
            traces.select("prompt_id", "sample", "run_id", "reasoning"),
            new String[] {"prompt_id", "sample", "run_id"},
            "left")
        .select(COLUMNS);
  }

  /**
   * The newest row of each prompt and sample, every column.
   *
   * @param answers rows of {@link ReckonTable#ANSWERS}
   */
  public static Dataset<Row> newest(Dataset<Row> answers) {
    Column newestFirst =
        row_number().over(Window.partitionBy("prompt_id", "sample").orderBy(AGE.desc()));
    return answers.withColumn("_newest", newestFirst).where("_newest = 1").drop("_newest");
  }
}
