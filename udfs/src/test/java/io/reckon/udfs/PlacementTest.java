package io.reckon.udfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private static final EngineSettings AUTO = EngineSettings.builtin();

  @Test
  void runsOnTheCpuWithoutAGpu() {
    Placement placement = Placement.of(AUTO, List.of(), () -> 8);

    assertThat(placement.configuration().device()).isEqualTo("cpu");
    assertThat(placement.gpuAddress()).isEqualTo("none");
  }

  @Test
  void holdsItsAddressEvenWhereCudaIsMissing() {
    Placement placement = Placement.of(AUTO, List.of("3"), () -> 0);

    assertThat(placement.configuration().device()).isEqualTo("cpu");
    assertThat(placement.gpuAddress()).isEqualTo("3");
  }

  @Test
  void runsOnTheAddressedDevice() {
    assertThat(Placement.of(AUTO, List.of("3"), () -> 8).configuration().device())
        .isEqualTo("cuda:3");
  }

  @Test
  void runsOnTheOnlyDeviceWhateverItsAddressOnTheHost() {
    assertThat(Placement.of(AUTO, List.of("7"), () -> 1).configuration().device())
        .isEqualTo("cuda:0");
  }

  @Test
  void refusesAnAddressThatNamesNoDevice() {
    assertThatThrownBy(() -> Placement.of(AUTO, List.of("GPU-ab"), () -> 2))
        .hasMessageContaining("GPU address 'GPU-ab', and CUDA sees devices 0 to 1");
  }

  @Test
  void aDeviceThatWasAskedForIsTaken() {
    assertThat(Placement.of(AUTO.withDevice("cpu"), List.of("0"), () -> 2).configuration().device())
        .isEqualTo("cpu");
  }
}
