package io.reckon.jobs.plan;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What a run has to do.
 *
 * @param figures in numbers
 * @param work {@link io.reckon.udfs.PromptRow#SAMPLES}, each sample of a request once: partitions
 *     of about equal expected tokens, the largest first, rows that begin alike side by side. The
 *     same rows are in the same partition whenever it is computed
 */
public record WorkPlan(PlanFigures figures, Dataset<Row> work) {}
