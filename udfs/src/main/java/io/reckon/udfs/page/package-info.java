/**
 * What the report of a run and the page in Spark's web interface are drawn with: markup that
 * escapes all it is given, plots as SVG, numbers as a person reads them. No JavaScript, and nothing
 * that is fetched from anywhere.
 */
package io.reckon.udfs.page;
