package io.reckon.udfs;

import io.reckon.engine.CudaDevices;
import io.reckon.engine.EngineConfiguration;
import io.reckon.engine.ReckonEngine;
import io.reckon.engine.api.EngineCounters;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.udfs.model.ModelCopies;
import java.time.Duration;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/**
 * The one engine of this JVM, shared by every task and job that runs in it.
 *
 * <p>It is held here, by the JVM, and never by an object that Spark serialises: tasks come and go,
 * the weights stay. All methods may be called from any thread.
 */
public final class ExecutorEngine {
  private static final String GPU = "gpu";
  private static final String OWNER = "io.reckon.engine.owner";
  private static final EngineSlot SLOT =
      new EngineSlot(
          Duration.ofSeconds(60),
          ReckonSparkConf.stepLimit(),
          ExecutorEnd::becauseOfItsEngine,
          ExecutorEngine::isKilled);
  private static volatile List<String> executorAddresses = List.of();

  private ExecutorEngine() {}

  /** Opens Reckon's own engine. */
  public static EngineFactory local() {
    return LocalEngineFactory.INSTANCE;
  }

  /**
   * Takes a share in the engine, loading it first where need be; the caller closes the lease. Waits
   * while tasks have requests in an engine of other settings.
   *
   * @param factory of engines whose model runs in this process
   * @throws EngineException where the engine does not load, or tasks keep another one and ask it
   *     nothing for a minute
   * @throws org.apache.spark.TaskKilledException where the task is to end meanwhile
   * @throws InterruptedException if interrupted while another thread loads
   */
  public static EngineLease lease(EngineSettings settings, EngineFactory factory)
      throws InterruptedException {
    requireOneClassLoader();
    EngineFactory engines =
        settings.host() instanceof EngineHost.Endpoint endpoint
            ? new EndpointFactory(endpoint.configuration())
            : factory;
    return SLOT.lease(settings, engines, addresses());
  }

  /** Engines loaded in this JVM so far. */
  public static int loads() {
    return SLOT.loads();
  }

  /** What the engine is, in a line for logs; empty before one is loaded. */
  static String description() {
    return SLOT.description();
  }

  /** What the engine that is loaded now has counted; nothing before one is. */
  static EngineCounters counters() {
    return SLOT.counters();
  }

  /** Tokens that this JVM's engines have written, those of rows that have not ended included. */
  static long sampledTokens() {
    return SLOT.sampledTokens();
  }

  /** Says which GPUs this executor holds; a task would see only its own share of them. */
  static void offerAddresses(List<String> addresses) {
    executorAddresses = List.copyOf(addresses);
  }

  /** Whether Spark gave this executor, or the task that asks, a GPU. */
  static boolean hasGpu() {
    return !addresses().isEmpty();
  }

  /** Closes the engine; a later lease loads it anew. */
  static void close() {
    SLOT.close();
  }

  private static boolean isKilled() {
    TaskContext task = TaskContext.get();
    return task != null && task.isInterrupted();
  }

  private static List<String> addresses() {
    TaskContext task = TaskContext.get();
    ResourceInformation gpu = task == null ? null : task.resourcesJMap().get(GPU);
    if (gpu == null || !executorAddresses.isEmpty()) {
      return executorAddresses;
    }
    return List.of(gpu.addresses());
  }

  /** A second class loader would load a second engine and could not load libtorch again. */
  private static void requireOneClassLoader() {
    String self = String.valueOf(ExecutorEngine.class.getClassLoader());
    Object owner = System.getProperties().putIfAbsent(OWNER, self);
    if (owner != null && !owner.equals(self)) {
      throw new EngineException(
          ErrorCode.ENGINE_FAILED,
          "Reckon's classes are loaded twice in this JVM, by "
              + owner
              + " and by "
              + self
              + "; put its jar on spark.executor.extraClassPath and spark.driver.extraClassPath, or"
              + " set spark.sql.artifact.isolation.enabled=false");
    }
  }

  private enum LocalEngineFactory implements EngineFactory {
    INSTANCE;

    @Override
    public InferenceEngine open(EngineConfiguration configuration) {
      return ReckonEngine.open(configuration.withModel(ModelCopies.local(configuration.model())));
    }

    @Override
    public int cudaDevices() {
      return CudaDevices.count();
    }
  }
}
