package io.reckon.jobs.tables;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createMapType;

import io.reckon.udfs.GenerationRow;
import java.util.HashSet;
import java.util.Set;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * The three Delta tables of an output folder. All only grow. Columns that a run has nothing for are
 * null; they stand here so that no later run has to change a schema.
 */
public enum ReckonTable {
  /** One row for each prompt, sample and run that answered it. */
  ANSWERS(
      "answers",
      new Columns()
          .add("prompt_id", StringType, "names the prompt in its source")
          .add("sample", IntegerType, "0 for the first answer to a prompt, -1 for the vote")
          .add("answer", StringType, "what the model said after its reasoning")
          .add("parsed", StringType, "the answer as JSON, where the output was constrained")
          .add("finish_reason", StringType, "stop, length, thinking_budget or error")
          .add("error", GenerationRow.ERROR, "why there is no answer")
          .add("prompt_tokens", IntegerType, "tokens of the rendered prompt")
          .add("cached_tokens", IntegerType, "those of them that were not computed again")
          .add("reasoning_tokens", IntegerType, "tokens up to the end of the reasoning")
          .add("answer_tokens", IntegerType, "tokens after it")
          .add("logprob", DoubleType, "natural log of the answer's probability")
          .add("vote_share", DoubleType, "of a vote, the share of the samples that say so")
          .add("model", StringType, "the model's name")
          .add("model_fingerprint", StringType, "hash of all that makes the model")
          .add("request_key", StringType, "hash of all that can change the generation")
          .add("copied_from", StringType, "the prompt_id that it was generated for, if another")
          .add("source_version", LongType, "the source's version, where it has versions")
          .add("run_id", StringType, "the run that made the row")
          .add("generated_at", TimestampType, "when the generation ended")),

  /** The reasoning behind each row of {@link #ANSWERS}. */
  REASONING_TRACES(
      "reasoning_traces",
      new Columns()
          .add("prompt_id", StringType, "names the prompt in its source")
          .add("sample", IntegerType, "0 for the first answer to a prompt")
          .add("request_key", StringType, "hash of all that can change the generation")
          .add("run_id", StringType, "the run that made the row")
          .add("reasoning", StringType, "what the model thought before it answered")
          .add("reasoning_tokens", IntegerType, "tokens up to the end of the reasoning")
          .add("truncated", BooleanType, "whether it ended before the reasoning did")
          .add("token_ids", GenerationRow.TOKEN_IDS, "the whole output, where asked for")
          .add("token_logprobs", GenerationRow.TOKEN_LOGPROBS, "one for each of token_ids")
          .add("top_logprobs", GenerationRow.TOP_LOGPROBS, "the likeliest ids at each place")),

  /** One row for each run, written when it ends. */
  RUNS(
      "runs",
      new Columns()
          .add("run_id", StringType, "names the run")
          .add("started_at", TimestampType, "when it began to read")
          .add("ended_at", TimestampType, "when its last row was written")
          .add("status", StringType, "finished, failed or interrupted")
          .add("failure", StringType, "why it failed")
          .add("configuration", StringType, "its options, as JSON")
          .add("source", StringType, "where the prompts came from")
          .add("source_version", LongType, "the source's version, where it has versions")
          .add("rows", LongType, "rows answered, those with an error included")
          .add("errors", createMapType(StringType, LongType), "rows with an error, by code")
          .add("prompt_tokens", LongType, "tokens read")
          .add("cached_tokens", LongType, "those of them that were not computed again")
          .add("generated_tokens", LongType, "tokens written")
          .add("tokens_per_second", DoubleType, "tokens written in a second of generating")
          .add("cache_hit_rate", DoubleType, "cached_tokens over prompt_tokens")
          .add("cost", DoubleType, "what it cost, where a price was given")
          .addLater("scope", StringType, "hash of source, model and options: who goes on from whom")
          .addLater("settled", BooleanType, "whether no row of the source is left to do"));

  /** The sample of a row that tells what most samples of a prompt say. */
  public static final int VOTE = -1;

  private final String folder;
  private final StructType schema;
  private final Set<String> later;

  ReckonTable(String folder, Columns columns) {
    this.folder = folder;
    this.schema = columns.schema;
    this.later = Set.copyOf(columns.later);
  }

  /** Its name, which is its folder's. */
  public String folder() {
    return folder;
  }

  public StructType schema() {
    return schema;
  }

  /** Columns that tables of earlier versions lack; an append brings them. */
  Set<String> later() {
    return later;
  }

  /** Collects columns, each with its meaning. */
  private static final class Columns {
    private StructType schema = new StructType();
    private final Set<String> later = new HashSet<>();

    private Columns add(String name, DataType type, String comment) {
      schema = schema.add(name, type, true, comment);
      return this;
    }

    private Columns addLater(String name, DataType type, String comment) {
      later.add(name);
      return add(name, type, comment);
    }
  }
}
