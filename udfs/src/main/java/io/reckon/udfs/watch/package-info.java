/**
 * What is made, counted while it is: {@link io.reckon.udfs.watch.GenerationMeter} counts in an
 * executor, an {@link io.reckon.udfs.watch.ExecutorReport} tells the driver, and {@link
 * io.reckon.udfs.watch.ClusterCount} adds up what all of them told, for whoever watches: {@link
 * io.reckon.udfs.watch.RunWatch} for a run, {@link io.reckon.udfs.watch.ClusterHistory} over time.
 */
package io.reckon.udfs.watch;
