package io.reckon.udfs.ui;

import io.reckon.udfs.ClusterCount;
import org.apache.spark.SparkContext;
import org.apache.spark.ui.SparkUI;
import org.apache.spark.ui.SparkUITab;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tab in Spark's interface. Spark calls these classes its own and changes them as it likes;
 * where they are not as expected there is no tab, and nothing else is missing.
 */
public final class ReckonTab extends SparkUITab {
  private static final Logger LOG = LoggerFactory.getLogger(ReckonTab.class);

  /** Its place in an address, and its name once Spark has made the first letter a capital. */
  private static final String PREFIX = "reckon";

  private ReckonTab(SparkUI ui, ClusterCount cluster) {
    super(ui, PREFIX);
    attachPage(new ReckonPage(this, cluster));
  }

  /** Puts the tab where the application has an interface that takes it. Throws nothing. */
  public static void attach(SparkContext spark, ClusterCount cluster) {
    try {
      if (spark.ui().isDefined()) {
        SparkUI ui = spark.ui().get();
        ui.attachTab(new ReckonTab(ui, cluster));
      }
    } catch (RuntimeException | LinkageError e) {
      LOG.info("Spark's interface takes no tab of Reckon's here: {}", e.toString());
    }
  }
}
