package io.reckon.jobs.plan;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reckon.jobs.tables.AnswerReader;
import io.reckon.jobs.tables.ReckonTable;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;

/** Counts what the samples of a prompt say, and gives each prompt the answer of the most. */
final class Votes {
  private static final String[] REQUEST = {"prompt_id", "request_key"};
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  /**
   * What a sample stands for: equal JSON values are one, whatever the white space in them and the
   * order of their members.
   */
  private static final UserDefinedFunction BALLOT =
      udf((UDF2<String, String, String>) Votes::ballot, DataTypes.StringType);

  private Votes() {}

  /**
   * Rows of {@link ReckonTable#ANSWERS} with the sample {@link ReckonTable#VOTE}, for prompts that
   * have none or whose samples now say something else. A sample that failed or says nothing counts
   * for no answer; among equals the answer of the first sample wins. The share is of the samples
   * that the row itself asks for. Where there was a vote and no sample says anything any more, a
   * row without an answer takes its place.
   *
   * @param answers as they stand
   * @param requests of {@link Requests}
   */
  static Dataset<Row> of(Dataset<Row> answers, Dataset<Row> requests, String runId) {
    Dataset<Row> newest = newest(answers, requests);
    Dataset<Row> known =
        newest
            .where(col("sample").equalTo(ReckonTable.VOTE))
            .select("prompt_id", "request_key", "answer", "vote_share");
    Dataset<Row> votes = counted(newest.where("sample >= 0 and error is null"));
    return votes
        .unionByName(withdrawn(newest, votes))
        .join(known, new String[] {"prompt_id", "request_key", "answer", "vote_share"}, "left_anti")
        .withColumn("sample", lit(ReckonTable.VOTE))
        .withColumn("run_id", lit(runId))
        .withColumn("generated_at", current_timestamp());
  }

  /** The row of each sample that counts, and of the vote. */
  private static Dataset<Row> newest(Dataset<Row> answers, Dataset<Row> requests) {
    Column row =
        struct(
            "error",
            "answer",
            "parsed",
            "finish_reason",
            "vote_share",
            "model",
            "model_fingerprint",
            "source_version");
    return answers
        .join(requests.select("prompt_id", "request_key", "asked"), REQUEST)
        .where(col("sample").lt(col("asked")))
        .groupBy("prompt_id", "request_key", "asked", "sample")
        .agg(max_by(row, AnswerReader.AGE).as("row"))
        .select("prompt_id", "request_key", "asked", "sample", "row.*");
  }

  private static Dataset<Row> counted(Dataset<Row> answered) {
    Column said =
        struct("answer", "parsed", "finish_reason", "model", "model_fingerprint", "source_version");
    Column most = struct(col("votes"), negate(col("first")));
    return answered
        .withColumn("ballot", BALLOT.apply(col("parsed"), col("answer")))
        .where("ballot <> ''")
        .groupBy("prompt_id", "request_key", "asked", "ballot")
        .agg(
            count(lit(1)).as("votes"),
            min("sample").as("first"),
            min_by(said, col("sample")).as("said"))
        .groupBy("prompt_id", "request_key", "asked")
        .agg(max_by(struct("said", "votes"), most).as("winner"))
        .select(
            col("prompt_id"),
            col("request_key"),
            col("winner.said.*"),
            col("winner.votes").divide(col("asked")).as("vote_share"));
  }

  /** In place of votes whose samples say nothing now. */
  private static Dataset<Row> withdrawn(Dataset<Row> newest, Dataset<Row> votes) {
    return newest
        .where(col("sample").equalTo(ReckonTable.VOTE).and(col("vote_share").gt(0)))
        .join(votes, REQUEST, "left_anti")
        .select(
            col("prompt_id"),
            col("request_key"),
            lit(null).cast("string").as("answer"),
            lit(null).cast("string").as("parsed"),
            lit(null).cast("string").as("finish_reason"),
            col("model"),
            col("model_fingerprint"),
            col("source_version"),
            lit(0.0).as("vote_share"));
  }

  private static String ballot(String parsed, String answer) {
    if (parsed == null) {
      return answer == null ? "" : answer.strip();
    }
    try {
      return JSON.writeValueAsString(JSON.readValue(parsed, Object.class));
    } catch (JsonProcessingException e) {
      return parsed;
    }
  }
}
