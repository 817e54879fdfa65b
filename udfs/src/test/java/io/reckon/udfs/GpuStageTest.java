package io.reckon.udfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.remote.EndpointConfiguration;
import org.apache.spark.SparkConf;
import org.apache.spark.resource.ResourceProfile;
import org.junit.jupiter.api.Test;

class GpuStageTest {
  private final SparkConf conf =
      new SparkConf(false)
          .set(ReckonSparkConf.GPU_STAGE, "true")
          .set("spark.dynamicAllocation.enabled", "true")
          .set("spark.executor.cores", "8");

  @Test
  void allTaskSlotsOfAnExecutorShareItsGpu() {
    conf.set(ReckonSparkConf.GPU_STAGE_MEMORY, "6g").set(ReckonSparkConf.GPU_STAGE_VENDOR, "v.com");

    ResourceProfile profile = GpuStage.profile(conf);

    assertThat(profile.executorResourcesJMap().get("gpu").amount()).isEqualTo(1);
    assertThat(profile.executorResourcesJMap().get("gpu").vendor()).isEqualTo("v.com");
    assertThat(profile.executorResourcesJMap().get("cores").amount()).isEqualTo(8);
    assertThat(profile.executorResourcesJMap().get("memory").amount()).isEqualTo(6 * 1024);
    assertThat(profile.taskResourcesJMap().get("gpu").amount()).isEqualTo(1 / 8.0);
  }

  @Test
  void workIsCutForTheExecutorsThatGenerate() {
    assertThat(GpuStage.slots(conf, EngineSettings.builtin(), 3)).isEqualTo(3);
    conf.set("spark.dynamicAllocation.maxExecutors", "4");
    assertThat(GpuStage.slots(conf, EngineSettings.builtin(), 3)).isEqualTo(32);
    assertThat(
            GpuStage.slots(
                conf.set(ReckonSparkConf.GPU_STAGE, "false"), EngineSettings.builtin(), 3))
        .isEqualTo(3);
  }

  @Test
  void aServersModelNeedsNoGpu() {
    conf.set("spark.dynamicAllocation.maxExecutors", "4");
    EngineSettings server =
        EngineSettings.endpoint(EndpointConfiguration.of("http://localhost:1/v1", "model"));

    assertThat(GpuStage.slots(conf, server, 3)).isEqualTo(3);
  }

  @Test
  void saysWhatIsMissing() {
    assertThatThrownBy(() -> GpuStage.profile(conf.clone().remove("spark.executor.cores")))
        .hasMessage(
            "spark.reckon.gpuStage.cores and spark.executor.cores are not given;"
                + " spark.reckon.gpuStage needs it, to have Spark start executors with GPUs");
    assertThatThrownBy(() -> GpuStage.profile(conf.remove("spark.dynamicAllocation.enabled")))
        .hasMessageStartingWith("spark.dynamicAllocation.enabled is not true;");
  }
}
