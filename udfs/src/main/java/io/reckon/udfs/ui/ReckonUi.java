package io.reckon.udfs.ui;

import io.reckon.udfs.watch.ClusterCount;
import org.apache.spark.SparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts Reckon's page into Spark's web interface. Spark calls the classes of its interface its own:
 * a version or a platform may have others, or none. Then there is no page, and nothing else is
 * missing. So this class can be loaded without them, and only {@link ReckonTab} knows them.
 */
public final class ReckonUi {
  private static final Logger LOG = LoggerFactory.getLogger(ReckonUi.class);

  private ReckonUi() {}

  /** Throws nothing. */
  public static void attach(SparkContext spark, ClusterCount cluster) {
    try {
      ReckonTab.attach(spark, cluster);
    } catch (RuntimeException | LinkageError e) {
      LOG.info("Spark's interface takes no page of Reckon's here: {}", e.toString());
    }
  }
}
