/**
 * Decides what a run has to do: which rows are done, which requests are the same, in what order the
 * rest goes and how it is cut into tasks. Start with {@link io.reckon.jobs.plan.WorkPlanner}.
 *
 * <p>All of it is queries over the source and the tables. What reaches the driver is counts: rows
 * never do, however many are done.
 */
package io.reckon.jobs.plan;
