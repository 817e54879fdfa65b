package io.reckon.jobs.infer;

import org.apache.spark.SparkContext;

/**
 * Marks Spark jobs as a run's, so that they can be found and ended. The job group, by which a
 * notebook ends the jobs of a cell, stays what it is.
 */
final class JobTag {
  private static final String DESCRIPTION = "spark.job.description";
  private static final String INTERRUPT = "spark.job.interruptOnCancel";

  private JobTag() {}

  /** What starts jobs. */
  @FunctionalInterface
  interface Jobs {
    void run() throws Exception;
  }

  /** Marks the jobs that this thread starts meanwhile; those of threads that it makes, too. */
  static void during(SparkContext spark, String tag, String description, Jobs jobs)
      throws Exception {
    String descriptionBefore = spark.getLocalProperty(DESCRIPTION);
    String interruptBefore = spark.getLocalProperty(INTERRUPT);
    spark.addJobTag(tag);
    spark.setLocalProperty(DESCRIPTION, description);
    spark.setLocalProperty(INTERRUPT, "true");
    try {
      jobs.run();
    } finally {
      spark.removeJobTag(tag);
      spark.setLocalProperty(DESCRIPTION, descriptionBefore);
      spark.setLocalProperty(INTERRUPT, interruptBefore);
    }
  }
}
