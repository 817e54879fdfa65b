package io.reckon.udfs.ui;

import io.reckon.udfs.watch.ClusterCount;
import org.apache.spark.SparkContext;
import org.apache.spark.ui.SparkUI;
import org.apache.spark.ui.SparkUITab;

/** The tab in Spark's interface. */
final class ReckonTab extends SparkUITab {
  /** Its place in an address, and its name once Spark has made the first letter a capital. */
  private static final String PREFIX = "reckon";

  private ReckonTab(SparkUI ui, ClusterCount cluster) {
    super(ui, PREFIX);
    attachPage(new ReckonPage(this, cluster));
  }

  /** Does nothing where the application has no interface. */
  static void attach(SparkContext spark, ClusterCount cluster) {
    if (spark.ui().isDefined()) {
      SparkUI ui = spark.ui().get();
      ui.attachTab(new ReckonTab(ui, cluster));
    }
  }
}
