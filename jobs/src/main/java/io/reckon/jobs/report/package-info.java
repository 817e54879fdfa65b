/**
 * A run as one page to read in the morning: {@link io.reckon.jobs.report.HtmlReport} writes it,
 * from what stands in the tables.
 */
package io.reckon.jobs.report;
