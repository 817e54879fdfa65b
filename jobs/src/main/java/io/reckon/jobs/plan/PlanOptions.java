package io.reckon.jobs.plan;

import io.reckon.engine.api.SamplingParameters;
import java.util.Optional;

/**
 * What a plan is told beside its prompts and tables.
 *
 * @param rerun which rows with an outcome are done again
 * @param sampling how tokens are chosen; part of every request's identity
 * @param samples how many generations each prompt is to have, 1 or more
 * @param partitions how many tasks; 0 to decide by slots and rows
 * @param slots tasks that run at a time
 * @param maxRunning requests that an engine runs at a time
 * @param scope where the run goes on from others: a prompt is then done only where the newest row
 *     that they, or a run of no scope, gave it answers what it asks now. One that has gone back to
 *     an earlier text gets the row of that again
 */
public record PlanOptions(
    Rerun rerun,
    SamplingParameters sampling,
    int samples,
    int partitions,
    int slots,
    int maxRunning,
    Optional<RunScope> scope) {}
