package io.reckon.jobs.infer;

import io.reckon.engine.api.SamplingParameters;
import io.reckon.udfs.EngineSettings;
import io.reckon.udfs.FakeEngines;
import io.reckon.udfs.watch.ClusterCount;
import java.io.IOException;
import org.apache.spark.sql.SparkSession;

/**
 * What the cluster's test submits: so many runs over the same prompts in one session. Prints how
 * far it is, and at the end each executor with its GPU and the number of engines it has loaded.
 */
public final class ClusterMain {
  private ClusterMain() {}

  /**
   * @param arguments prompts, output folder, partitions, runs, and either {@code fake:} with the
   *     milliseconds that an answer takes, or the folder of a model
   */
  public static void main(String[] arguments) throws IOException {
    String model = arguments[4];
    boolean fake = model.startsWith("fake:");
    InferOptions options =
        InferOptions.builder(arguments[0], arguments[1])
            .engine(EngineSettings.builtin().withModel(model).withMaxRunning(fake ? 2 : 64))
            .partitions(Integer.parseInt(arguments[2]))
            .report(false)
            .examples(0)
            .build();
    InferJob job =
        fake ? new InferJob(new FakeEngines(Long.parseLong(model.substring(5)))) : new InferJob();
    try (SparkSession spark = SparkSession.builder().getOrCreate()) {
      for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
        // Another seed is another request; greedy sampling gives the same answer to it.
        SamplingParameters sampling = SamplingParameters.builder().seed(i).maxNewTokens(8).build();
        RunSummary summary =
            job.run(spark, options.toBuilder().sampling(sampling).build(), ClusterMain::print);
        print("run of " + summary.count().rows() + " rows");
      }
      if (spark.conf().get("spark.sql.extensions").contains("ReckonExtensions")) {
        String query = "SELECT reckon(concat('q', id)).answer FROM range(4)";
        print("query of " + spark.sql(query).collectAsList().size() + " rows");
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
