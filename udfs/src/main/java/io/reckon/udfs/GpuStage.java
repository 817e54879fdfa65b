package io.reckon.udfs;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.resource.ExecutorResourceRequests;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;

/**
 * Where the tasks run that need the model: on the application's executors, or, where {@link
 * ReckonSparkConf#GPU_STAGE} says so, on executors that Spark starts for them alone, with a GPU
 * each. Then those that read, plan and write hold none.
 */
public final class GpuStage {
  private static final String GPU = "gpu";
  private static final String EXECUTOR_CORES = "spark.executor.cores";
  private static final String DYNAMIC = "spark.dynamicAllocation.enabled";
  private static final String MOST_EXECUTORS = "spark.dynamicAllocation.maxExecutors";

  private final Optional<ResourceProfile> profile;

  private GpuStage(Optional<ResourceProfile> profile) {
    this.profile = profile;
  }

  /** The same for tasks that want such an engine; one that is a server's needs no GPU. */
  public static GpuStage of(SparkContext spark, EngineSettings engine) {
    return engine.isLocal() ? of(spark) : new GpuStage(Optional.empty());
  }

  /**
   * As the application's configuration has it; in local mode there are no other executors.
   *
   * @throws EngineException {@code BAD_OPTION} where Spark could not start such executors
   */
  public static GpuStage of(SparkContext spark) {
    SparkConf conf = spark.getConf();
    if (spark.isLocal() || !isOn(conf)) {
      return new GpuStage(Optional.empty());
    }
    ResourceProfile wanted = profile(conf);
    // Executors belong to a profile by its number: an equal one of an earlier run has some.
    return new GpuStage(
        Optional.of(
            spark.resourceProfileManager().getEquivalentProfile(wanted).getOrElse(() -> wanted)));
  }

  /**
   * For a task that may run anywhere and asks the model where a call stands.
   *
   * @throws EngineException {@code BAD_OPTION} where models run on executors with a GPU alone, and
   *     this is none; in local mode every executor will do
   */
  public static void requireGpu(EngineSettings engine) {
    if (engine.isLocal()
        && ExecutorEnd.isOurs()
        && isOn(SparkEnv.get().conf())
        && !ExecutorEngine.hasGpu()) {
      throw new EngineException(
          ErrorCode.BAD_OPTION,
          "%s gives the model executors with a GPU, and a call that is made row by row runs on one without; write reckon(CASE WHEN c THEN p END) for CASE WHEN c THEN reckon(p) END, and start the session with io.reckon.udfs.sql.ReckonExtensions"
              .formatted(ReckonSparkConf.GPU_STAGE));
    }
  }

  static boolean isOn(SparkConf conf) {
    return conf.getBoolean(ReckonSparkConf.GPU_STAGE, false);
  }

  /** Has an RDD's tasks run there. */
  public <T> JavaRDD<T> on(JavaRDD<T> rdd) {
    return profile.map(rdd::withResources).orElse(rdd);
  }

  /**
   * Tasks that run at a time, once all executors are there.
   *
   * @param otherwise where that is the application's own number
   */
  public static int slots(SparkConf conf, EngineSettings engine, int otherwise) {
    return engine.isLocal() && isOn(conf) && conf.contains(MOST_EXECUTORS)
        ? cores(conf) * conf.getInt(MOST_EXECUTORS, 1)
        : otherwise;
  }

  static ResourceProfile profile(SparkConf conf) {
    if (!conf.getBoolean(DYNAMIC, false)) {
      throw bad(DYNAMIC, "is not true");
    }
    ExecutorResourceRequests executor = new ExecutorResourceRequests().cores(cores(conf));
    if (conf.contains(ReckonSparkConf.GPU_STAGE_MEMORY)) {
      executor.memory(conf.get(ReckonSparkConf.GPU_STAGE_MEMORY));
    }
    if (conf.contains(ReckonSparkConf.GPU_STAGE_OVERHEAD)) {
      executor.memoryOverhead(conf.get(ReckonSparkConf.GPU_STAGE_OVERHEAD));
    }
    executor.resource(
        GPU,
        1,
        conf.get(ReckonSparkConf.GPU_STAGE_SCRIPT, ""),
        conf.get(ReckonSparkConf.GPU_STAGE_VENDOR, ""));
    // All task slots of an executor share its engine and its GPU.
    TaskResourceRequests task = new TaskResourceRequests().resource(GPU, 1.0 / cores(conf));
    return new ResourceProfileBuilder().require(executor).require(task).build();
  }

  private static int cores(SparkConf conf) {
    int cores = conf.getInt(ReckonSparkConf.GPU_STAGE_CORES, conf.getInt(EXECUTOR_CORES, 0));
    if (cores < 1) {
      throw bad(ReckonSparkConf.GPU_STAGE_CORES, "and " + EXECUTOR_CORES + " are not given");
    }
    return cores;
  }

  private static EngineException bad(String key, String what) {
    return new EngineException(
        ErrorCode.BAD_OPTION,
        "%s %s; %s needs it, to have Spark start executors with GPUs"
            .formatted(key, what, ReckonSparkConf.GPU_STAGE));
  }
}
