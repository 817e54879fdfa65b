package io.reckon.udfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class ReckonSparkConfTest {
  private final SparkConf conf = new SparkConf(false);

  @Test
  void namesNoEngineWithoutAModel() {
    assertThat(ReckonSparkConf.engine(conf.set(ReckonSparkConf.MODE, "bf16"))).isEmpty();
  }

  @Test
  void readsBackWhatItWrites() {
    EngineSettings settings =
        EngineSettings.builtin().withModel("/m").withMode("bf16").withMaxRunning(7);
    ReckonSparkConf.of(settings).forEach(conf::set);

    assertThat(ReckonSparkConf.engine(conf)).contains(settings);
  }

  @Test
  void takesSizesWithUnits() {
    conf.set(ReckonSparkConf.MODEL, "builtin").set(ReckonSparkConf.CACHE_BYTES, "8g");

    assertThat(ReckonSparkConf.engine(conf).orElseThrow().cacheBytes()).isEqualTo(8L << 30);
  }

  @Test
  void refusesUnknownKeysAndBadNumbers() {
    assertThatThrownBy(() -> ReckonSparkConf.engine(conf.clone().set("spark.reckon.modle", "x")))
        .hasMessageContaining("unknown Spark configuration spark.reckon.modle; the keys are")
        .hasMessageContaining("spark.reckon.model");
    conf.set(ReckonSparkConf.MODEL, "builtin").set(ReckonSparkConf.MAX_RUNNING, "many");
    assertThatThrownBy(() -> ReckonSparkConf.engine(conf))
        .hasMessage("spark.reckon.maxRunning is 'many'; give a number");
  }
}
