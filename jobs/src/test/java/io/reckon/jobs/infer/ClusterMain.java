package io.reckon.jobs.infer;

import io.reckon.udfs.ClusterCount;
import io.reckon.udfs.EngineSettings;
import io.reckon.udfs.FakeEngines;
import java.io.IOException;
import org.apache.spark.sql.SparkSession;

/**
 * What the cluster's test submits: so many runs over the same prompts in one session. Prints how
 * far it is, and at the end each executor with its GPU and the number of engines it has loaded.
 */
public final class ClusterMain {
  private ClusterMain() {}

  /**
   * @param arguments prompts, output folder, partitions, runs, milliseconds an answer takes
   */
  public static void main(String[] arguments) throws IOException {
    EngineSettings engine = EngineSettings.builtin().withModel("fake").withMaxRunning(2);
    InferOptions options =
        InferOptions.of(arguments[0], arguments[1])
            .withEngine(engine)
            .withPartitions(Integer.parseInt(arguments[2]));
    InferJob job = new InferJob(new FakeEngines(Long.parseLong(arguments[4])));
    try (SparkSession spark = SparkSession.builder().getOrCreate()) {
      for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
        RunSummary summary = job.run(spark, options, ClusterMain::print);
        print("run of " + summary.count().rows() + " rows");
      }
      ClusterCount.current()
          .orElseThrow()
          .executors()
          .forEach(
              executor ->
                  print(
                      "executor %s GPU %s engines %d"
                          .formatted(
                              executor.executorId(),
                              executor.gpuAddress(),
                              executor.engineLoads())));
    }
  }

  private static void print(Progress.Update update) {
    print("%s %d of %d".formatted(update.phase(), update.rowsDone(), update.rows()));
  }

  private static void print(String line) {
    System.out.println("> " + line);
  }
}
