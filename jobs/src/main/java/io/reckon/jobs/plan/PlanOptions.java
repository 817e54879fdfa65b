package io.reckon.jobs.plan;

import io.reckon.engine.api.SamplingParameters;

/**
 * What a plan is told beside its prompts and tables.
 *
 * @param rerun which rows with an outcome are done again
 * @param sampling how tokens are chosen; part of every request's identity
 * @param samples how many generations each prompt is to have, 1 or more
 * @param partitions how many tasks; 0 to decide by slots and rows
 * @param slots tasks that run at a time
 * @param maxRunning requests that an engine runs at a time
 * @param latest whether a prompt is done only where its newest row answers what it asks now: one
 *     that has gone back to an earlier text gets the row of that again
 */
public record PlanOptions(
    Rerun rerun,
    SamplingParameters sampling,
    int samples,
    int partitions,
    int slots,
    int maxRunning,
    boolean latest) {}
