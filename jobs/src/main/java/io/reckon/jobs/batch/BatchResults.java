package io.reckon.jobs.batch;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.get_json_object;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.unix_seconds;

import io.reckon.jobs.UserError;
import io.reckon.jobs.tables.AnswerReader;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import io.reckon.udfs.RowOptions;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Writes what has become of a run's prompts as OpenAI's batch service does: one file of results and
 * one of errors, each request once over the two. Rows pass through the driver one at a time.
 */
public final class BatchResults {
  public static final String RESULTS = "results.jsonl";
  public static final String ERRORS = "errors.jsonl";

  private static final String[] ROW = {"prompt_id", "request_key", "sample", "run_id"};

  private BatchResults() {}

  /**
   * Refuses to write where prompts are read: they would be replaced, or what is written asked.
   *
   * @param prompts a file, a folder or a pattern
   * @throws UserError where that is so
   */
  public static void requireApart(String prompts, String folder, Configuration conf)
      throws IOException {
    Path read = qualified(prompts, conf);
    Path written = qualified(folder, conf);
    boolean isOne = List.of(new Path(written, RESULTS), new Path(written, ERRORS)).contains(read);
    if (isOne || read.equals(written)) {
      throw new UserError(
          "--openai-output is '%s', where '%s' is read; give another folder"
              .formatted(folder, prompts));
    }
  }

  private static Path qualified(String path, Configuration conf) throws IOException {
    Path given = new Path(path);
    return given.getFileSystem(conf).makeQualified(given);
  }

  /**
   * @param prompts {@code prompt_id} and {@code overrides}
   * @param requests as the planner has them
   * @param folder is made where it isn't there; files of earlier runs are replaced
   */
  public static void write(
      Dataset<Row> prompts,
      Dataset<Row> requests,
      OutputFolder output,
      String folder,
      Configuration conf)
      throws IOException {
    FileSystem files = new Path(folder).getFileSystem(conf);
    Path results = new Path(folder, "." + RESULTS);
    Path errors = new Path(folder, "." + ERRORS);
    // Their close tells of a failure, where a PrintWriter's would not: a store may only then write.
    try (Writer good = writer(files, results);
        Writer bad = writer(files, errors)) {
      Iterator<Row> rows = outcomes(prompts, requests, output).toLocalIterator();
      while (rows.hasNext()) {
        BatchEntry entry = BatchEntry.of(rows.next());
        (entry.failed() ? bad : good).write(entry.json() + "\n");
      }
    }
    replace(files, results, new Path(folder, RESULTS));
    replace(files, errors, new Path(folder, ERRORS));
  }

  private static Writer writer(FileSystem files, Path path) throws IOException {
    return new BufferedWriter(
        new OutputStreamWriter(files.create(path, true), StandardCharsets.UTF_8));
  }

  private static void replace(FileSystem files, Path from, Path to) throws IOException {
    files.delete(to, false);
    if (!files.rename(from, to)) {
      throw new IOException("cannot rename '%s' to '%s'".formatted(from, to));
    }
  }

  /** Each prompt with all its samples, in the order of ids. */
  private static Dataset<Row> outcomes(
      Dataset<Row> prompts, Dataset<Row> requests, OutputFolder output) {
    Dataset<Row> asked = requests.select("prompt_id", "request_key", "asked");
    Dataset<Row> samples =
        newest(output, asked)
            .groupBy("prompt_id", "request_key")
            .agg(collect_list(struct(col("sample"), col("row"))).as("samples"));
    return prompts
        .select(
            col("prompt_id"),
            override(BatchFile.NAMELESS).isNotNull().as("nameless"),
            not(override(RowOptions.INCLUDE_REASONING).eqNullSafe("false")).as("with_reasoning"))
        .join(asked, "prompt_id")
        .join(samples, new String[] {"prompt_id", "request_key"}, "left")
        .orderBy("prompt_id");
  }

  private static Column override(String name) {
    return get_json_object(col("overrides"), "$." + name);
  }

  private static Dataset<Row> newest(OutputFolder output, Dataset<Row> asked) {
    Column row =
        struct(
            col("answer"),
            col("reasoning"),
            col("finish_reason"),
            col("error.code").as("error_code"),
            col("error.message").as("error_message"),
            col("prompt_tokens"),
            col("cached_tokens"),
            col("reasoning_tokens"),
            col("answer_tokens"),
            col("token_ids"),
            col("token_logprobs"),
            col("top_logprobs"),
            col("model"),
            unix_seconds(col("generated_at")).as("created"));
    Dataset<Row> traces =
        output
            .rows(ReckonTable.REASONING_TRACES)
            .select(
                col("prompt_id"),
                col("request_key"),
                col("sample"),
                col("run_id"),
                col("reasoning"),
                col("token_ids"),
                col("token_logprobs"),
                col("top_logprobs"));
    return output
        .rows(ReckonTable.ANSWERS)
        .join(asked, new String[] {"prompt_id", "request_key"})
        .where(col("sample").geq(0).and(col("sample").lt(col("asked"))))
        .join(traces, ROW, "left")
        .groupBy("prompt_id", "request_key", "sample")
        .agg(max_by(row, AnswerReader.AGE).as("row"));
  }
}
