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
        EngineSettings.builtin()
            .withModel("/m")
            .withMode("bf16")
            .withMaxRunning(7)
            .withDrafts(false);
    ReckonSparkConf.of(settings).forEach(conf::set);

    assertThat(ReckonSparkConf.engine(conf)).contains(settings);
  }

  @Test
  void tellsOfTheEngineWhatNobodyHasAskedFor() {
    conf.set(ReckonSparkConf.MODE, "bf16").set(ReckonSparkConf.THINK_OPEN, "<a>");
    conf.set(ReckonSparkConf.THINK_CLOSE, "</a>").set(ReckonSparkConf.DEVICE, "cpu");
    EngineSettings asked = EngineSettings.builtin().withModel("/m");

    EngineSettings tuned = ReckonSparkConf.tuned(asked, conf);
    assertThat(tuned).isEqualTo(ReckonSparkConf.engine(conf.set("spark.reckon.model", "/m")).get());
    assertThat(ReckonSparkConf.tuned(asked.withMode("int8"), conf).mode()).isEqualTo("int8");
    assertThatThrownBy(() -> ReckonSparkConf.tuned(asked, conf.set("spark.reckon.mod", "x")))
        .hasMessageContaining("unknown Spark configuration spark.reckon.mod;");
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
    conf.set(ReckonSparkConf.MAX_RUNNING, "8").set(ReckonSparkConf.DRAFTS, "no");
    assertThatThrownBy(() -> ReckonSparkConf.engine(conf))
        .hasMessage("spark.reckon.drafts is 'no'; give true or false");
    conf.set(ReckonSparkConf.DRAFTS, "false");
    assertThat(ReckonSparkConf.engine(conf).orElseThrow().drafts()).isFalse();
  }
}
