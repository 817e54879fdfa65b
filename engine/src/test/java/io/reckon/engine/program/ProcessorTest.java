package io.reckon.engine.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class ProcessorTest {
  @Test
  void multipliesBf16WithAvx512AndNotWithAvx2() {
    assertThat(Processor.multipliesBf16(Set.of("avx2", "avx_vnni"))).isFalse();
    assertThat(Processor.multipliesBf16(Set.of("avx2", "avx512f"))).isFalse();
    assertThat(Processor.multipliesBf16(Set.of("avx512f", "avx512bw", "avx512dq", "avx512vl")))
        .isTrue();
  }
}
