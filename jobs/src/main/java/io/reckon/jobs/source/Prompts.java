package io.reckon.jobs.source;

import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Prompts, each with a name of its own.
 *
 * @param rows {@link io.reckon.udfs.PromptRow#SCHEMA}; every {@code prompt_id} once, the same at
 *     every reading
 * @param expectations {@code prompt_id}, {@code family}, {@code expected} and {@code
 *     expected_reasoning}, where the source says what is right
 * @param count how many there are
 * @param path where they come from
 * @param version the source's version, where it has versions
 */
public record Prompts(
    Dataset<Row> rows,
    Optional<Dataset<Row>> expectations,
    long count,
    String path,
    Optional<Long> version) {}
