package io.reckon.engine;

import io.reckon.engine.program.TorchRuntime;

/** The CUDA devices of this machine. */
public final class CudaDevices {
  private CudaDevices() {}

  /** How many libtorch can use; 0 where it was built without CUDA. Loads libtorch. */
  public static int count() {
    return TorchRuntime.cudaDevices();
  }
}
