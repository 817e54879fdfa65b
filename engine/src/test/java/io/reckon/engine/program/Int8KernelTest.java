package io.reckon.engine.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.reckon.engine.api.EngineException;
import java.util.Set;
import org.junit.jupiter.api.Test;

class Int8KernelTest {
  @Test
  void sumsWidelyWhereTheProcessorCan() {
    assertThat(Int8Kernel.of(Set.of("avx2", "avx512_vnni"))).isEqualTo(Int8Kernel.WIDE_SUMS);
    assertThat(Int8Kernel.of(Set.of("avx2"))).isEqualTo(Int8Kernel.NARROW_SUMS);
  }

  @Test
  void refusesAProcessorOrADeviceThatLacksTheProducts() {
    assertThatThrownBy(() -> Int8Kernel.of(Set.of("neon")))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("modes int8 and int4 need a processor with AVX2")
        .hasMessageEndingWith("give mode float32 or bf16");
    assertThatThrownBy(() -> Int8Kernel.on(Device.gpu(1)))
        .isInstanceOf(EngineException.class)
        .hasMessage("mode int8 runs on the CPU and the device is cuda:1; give mode bf16");
  }
}
