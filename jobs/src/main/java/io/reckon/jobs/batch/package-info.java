/**
 * Batch files in OpenAI's form: requests read as prompts, and what became of them written as
 * results and errors.
 */
package io.reckon.jobs.batch;
