/**
 * The command line, the same for {@code bin/reckon} and spark-submit: one class a command, each a
 * thin layer over the job or engine entry that it names.
 */
package io.reckon.jobs.cli;
