package io.reckon.engine.program;

import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.pytorch.engine.PtEngine;
import ai.djl.pytorch.engine.PtEngineProvider;
import ai.djl.pytorch.jni.JniUtils;

/** The process's one libtorch, set up the way every program here needs it. */
public final class TorchRuntime {
  private static boolean started;

  private TorchRuntime() {}

  /**
   * Loads libtorch once. It takes a thread a core, or fewer by {@code OMP_NUM_THREADS}; the
   * property {@code ai.djl.pytorch.num_threads} sets any number.
   */
  static synchronized void start() {
    if (started) {
      return;
    }
    setUnlessGiven("ai.djl.offline", "true");
    setUnlessGiven("OPT_OUT_TRACKING", "true");
    new PtEngineProvider().getEngine();
    started = true;
  }

  /**
   * Turns the profiling optimizer off: with it every new shape compiles anew, and gradients of bf16
   * products fail. The switch is the calling thread's own, and on where nobody has turned it.
   */
  static void interpretPrograms() {
    JniUtils.setGraphExecutorOptimize(false);
  }

  /** CUDA devices that this libtorch can use; 0 for a build without CUDA. */
  public static synchronized int cudaDevices() {
    start();
    Engine torch = Engine.getEngine(PtEngine.ENGINE_NAME);
    // The machine's devices count for nothing to a libtorch that was built without CUDA.
    return torch.hasCapability(StandardCapabilities.CUDA) ? torch.getGpuCount() : 0;
  }

  /** Which libtorch it is. */
  static synchronized String version() {
    start();
    return Engine.getEngine(PtEngine.ENGINE_NAME).getVersion();
  }

  /** Threads that share an operator's work. */
  static synchronized int threads() {
    start();
    return JniUtils.getNumThreads();
  }

  private static void setUnlessGiven(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
