/**
 * The SQL functions: {@code reckon}, {@code reckon_classify}, {@code reckon_extract}.
 *
 * <p>A call is a {@link io.reckon.udfs.sql.ReckonCall}. {@link io.reckon.udfs.sql.LiftCalls} lifts
 * calls out of expressions into a {@link io.reckon.udfs.sql.ReckonEval}, which becomes the operator
 * {@link io.reckon.udfs.sql.ReckonEvalExec} that keeps many rows of a partition in flight; before
 * that {@link io.reckon.udfs.sql.ConditionsFirst} and {@link
 * io.reckon.udfs.sql.SortsAndLimitsFirst} see to it that no row is asked in vain, and {@link
 * io.reckon.udfs.sql.UsedColumnsOnly} that no column is read in vain. {@link
 * io.reckon.udfs.sql.ReckonExtensions} puts them into a session.
 */
package io.reckon.udfs.sql;
