/**
 * The job itself: prompts in, answers and traces out. Start with {@link
 * io.reckon.jobs.infer.InferJob}.
 */
package io.reckon.jobs.infer;
