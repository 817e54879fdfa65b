package io.reckon.engine.program;

import ai.djl.pytorch.engine.PtEngineProvider;
import ai.djl.pytorch.jni.JniUtils;

/** The process's one libtorch, set up the way every program here needs it. */
final class TorchRuntime {
  private static boolean started;

  private TorchRuntime() {}

  /** Loads libtorch once. The thread count is {@code OMP_NUM_THREADS}, else one a core. */
  static synchronized void start() {
    if (started) {
      return;
    }
    setUnlessGiven("ai.djl.offline", "true");
    setUnlessGiven("OPT_OUT_TRACKING", "true");
    new PtEngineProvider().getEngine();
    // With the profiling optimizer every new shape compiles anew, and a training step gave NaN.
    JniUtils.setGraphExecutorOptimize(false);
    started = true;
  }

  private static void setUnlessGiven(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
