/**
 * The page "Reckon" in Spark's web interface: how the executors do, now and over time. {@link
 * io.reckon.udfs.ui.ReckonUi} puts it there; {@link io.reckon.udfs.ui.ClusterPage} draws it.
 */
package io.reckon.udfs.ui;
