package io.reckon.jobs.plan;

import static org.apache.spark.sql.functions.array_join;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.get_json_object;
import static org.apache.spark.sql.functions.left;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.octet_length;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.xxhash64;

import io.reckon.udfs.RequestKeyColumn;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The rows of a source as requests: who asks for what, and what that may cost, without the text.
 */
final class Requests {
  /** Bytes of UTF-8 that a token covers, about, in any script. */
  private static final int BYTES_A_TOKEN = 4;

  private static final int OPENING = 64;
  private static final int LONG_OPENING = 512;
  private static final int OPENING_CELLS = 1024;
  private static final int CELLS_AN_OPENING = 64;

  private Requests() {}

  /**
   * {@code prompt_id}, {@code request_key}, {@code asked} (how many samples), {@code cell} and
   * {@code prompt_tokens}, of each row.
   *
   * @param prompts {@link io.reckon.udfs.PromptRow#SCHEMA}
   * @param samples for rows that don't ask for a number of their own
   */
  static Dataset<Row> of(Dataset<Row> prompts, RequestKeyColumn keys, int samples) {
    return prompts.select(
        col("prompt_id"),
        keys.of(col("messages"), col("overrides")).as("request_key"),
        coalesce(get_json_object(col("overrides"), "$.n").cast("int"), lit(samples)).as("asked"),
        cell().as("cell"),
        promptTokens().as("prompt_tokens"));
  }

  /** The numbers of so many samples. */
  static Column samples(Column asked) {
    return sequence(lit(0), asked.minus(1));
  }

  /** All of a row's text, by which rows that begin alike stand side by side when sorted. */
  static Column conversation() {
    Column lines =
        transform(
            col("messages"),
            message -> concat(text(message, "role"), lit(": "), text(message, "content")));
    return coalesce(array_join(lines, "\n"), lit(""));
  }

  /**
   * Where a row belongs: rows that begin alike share a cell, and those that begin alike for a while
   * only are in cells side by side.
   */
  private static Column cell() {
    Column opening = pmod(xxhash64(left(conversation(), lit(OPENING))), lit(OPENING_CELLS));
    Column longer = pmod(xxhash64(left(conversation(), lit(LONG_OPENING))), lit(CELLS_AN_OPENING));
    return opening.multiply(CELLS_AN_OPENING).plus(longer).cast("int");
  }

  /** What the prompt comes to, about; a tokenizer would say it exactly and cost far more. */
  private static Column promptTokens() {
    return octet_length(conversation()).divide(BYTES_A_TOKEN).cast("long").plus(1);
  }

  private static Column text(Column message, String field) {
    return coalesce(message.getField(field), lit(""));
  }
}
