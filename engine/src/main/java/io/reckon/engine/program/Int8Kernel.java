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
  NONE,
  /** oneDNN, with sums of 32 bits all the way. */
  WIDE_SUMS,
  /**
   * FBGEMM, for processors that sum pairs in 16 bits: no pair of weights may be so large that it
   * overflows, which costs some of their 8 bits. oneDNN takes five times as long here for few rows.
   */
  NARROW_SUMS;

  private static final Logger LOG = LoggerFactory.getLogger(Int8Kernel.class);
  private static final String LEAST_FLAG = "avx2";

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
    return flags.contains("avx512_vnni") ? WIDE_SUMS : NARROW_SUMS;
  }

  /** Whether this machine's processor has one. */
  static boolean isAvailable() {
    return Processor.flags().contains(LEAST_FLAG);
  }

  /** Whether sums have 32 bits all the way. */
  boolean sumsWidely() {
    return this != NARROW_SUMS;
  }

  /** To how many levels inputs are brought on either side of zero. */
  int levels() {
    return this == NONE ? 0 : Byte.MAX_VALUE;
  }
}
