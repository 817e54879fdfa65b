/** The tables that a run leaves: their columns, their folder, and how they are read back. */
package io.reckon.jobs.tables;
