package io.reckon.udfs;

import io.reckon.engine.EngineConfiguration;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * Where an executor's engine runs.
 *
 * @param configuration the engine's, its device decided
 * @param gpuAddress the GPU that Spark gave this executor, {@code none} where it gave none
 */
record Placement(EngineConfiguration configuration, String gpuAddress) {
  static final String NO_GPU = "none";

  /**
   * Decides the device. An address counts for what it is even where CUDA is missing: the executor
   * holds it, and the engine runs on the CPU.
   *
   * @param addresses GPU addresses that Spark gave; the first is taken
   * @param cudaDevices how many devices libtorch sees; asked only where there is an address
   */
  static Placement of(EngineSettings settings, List<String> addresses, IntSupplier cudaDevices) {
    String address = addresses.isEmpty() ? NO_GPU : addresses.get(0);
    String device =
        settings.device().equals(EngineSettings.AUTO)
            ? device(address, cudaDevices)
            : settings.device();
    return new Placement(
        new EngineConfiguration(
            settings.model(),
            settings.mode(),
            device,
            settings.maxRunning(),
            settings.cacheBytes(),
            settings.markers(),
            settings.drafts()),
        address);
  }

  private static String device(String address, IntSupplier cuda) {
    int cudaDevices = address.equals(NO_GPU) ? 0 : cuda.getAsInt();
    if (cudaDevices == 0) {
      return "cpu";
    }
    // A container that is shown one GPU calls it 0, whatever its address on the host.
    if (cudaDevices == 1) {
      return "cuda:0";
    }
    if (address.matches("\\d{1,6}") && Integer.parseInt(address) < cudaDevices) {
      return "cuda:" + address;
    }
    throw new EngineException(
        ErrorCode.BAD_OPTION,
        "Spark gave this executor GPU address '%s', and CUDA sees devices 0 to %d; make the discovery script print CUDA ordinals"
            .formatted(address, cudaDevices - 1));
  }
}
