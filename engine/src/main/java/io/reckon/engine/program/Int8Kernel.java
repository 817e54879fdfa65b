package io.reckon.engine.program;

import ai.djl.Device;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How this processor multiplies 8-bit matrices. */
enum Int8Kernel {
  /** Not at all: the mode needs no such products. */
  NONE(0),
  /** oneDNN, with sums of 32 bits all the way. */
  VNNI(127),
  /**
   * FBGEMM. Pairs are summed in 16 bits, which inputs of 8 bits would overflow; inputs have 7.
   * oneDNN takes five times as long here for few rows.
   */
  REDUCED_RANGE(63);

  private static final Logger LOG = LoggerFactory.getLogger(Int8Kernel.class);
  private static final String LEAST_FLAG = "avx2";

  private final int levels;

  Int8Kernel(int levels) {
    this.levels = levels;
  }

  /**
   * The kernel of a device.
   *
   * @throws EngineException {@code BAD_OPTION} where there is none
   */
  static Int8Kernel on(Device device) {
    if (device.isGpu()) {
      throw new EngineException(
          ErrorCode.BAD_OPTION,
          "mode int8 runs on the CPU and the device is cuda:%d; give mode bf16"
              .formatted(device.getDeviceId()));
    }
    Int8Kernel kernel = of(Processor.flags());
    LOG.info("int8 products: {}", kernel);
    return kernel;
  }

  /**
   * The kernel of a processor.
   *
   * @param flags as Linux names them
   */
  static Int8Kernel of(Set<String> flags) {
    if (!flags.contains(LEAST_FLAG)) {
      throw new EngineException(
          ErrorCode.BAD_OPTION,
          "modes int8 and int4 need a processor with AVX2, and this one names none; give mode float32 or"
              + " bf16");
    }
    return flags.contains("avx512_vnni") ? VNNI : REDUCED_RANGE;
  }

  /** Whether this machine's processor has one. */
  static boolean isAvailable() {
    return Processor.flags().contains(LEAST_FLAG);
  }

  /** Whether inputs come to the kernel as bytes; else as plain numbers, which it rounds. */
  boolean takesBytes() {
    return this != REDUCED_RANGE;
  }

  /** To how many levels inputs are brought on either side of zero. */
  int levels() {
    return levels;
  }
}
