package io.reckon.udfs;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.SparkConf;
import scala.Tuple2;

/** Reckon's keys in Spark's configuration; an unknown one is an error. */
public final class ReckonSparkConf {
  private static final String PREFIX = "spark.reckon.";

  /** The model to load with the executor: {@code builtin} or a folder. */
  public static final String MODEL = PREFIX + "model";

  public static final String MODE = PREFIX + "mode";
  public static final String DEVICE = PREFIX + "device";
  public static final String MAX_RUNNING = PREFIX + "maxRunning";
  public static final String CACHE_BYTES = PREFIX + "cacheBytes";

  private static final Set<String> KEYS = Set.of(MODEL, MODE, DEVICE, MAX_RUNNING, CACHE_BYTES);

  private ReckonSparkConf() {}

  /** The keys that say what {@code settings} says. */
  public static Map<String, String> of(EngineSettings settings) {
    return Map.of(
        MODEL, settings.model(),
        MODE, settings.mode(),
        DEVICE, settings.device(),
        MAX_RUNNING, Integer.toString(settings.maxRunning()),
        CACHE_BYTES, Long.toString(settings.cacheBytes()));
  }

  /**
   * The engine to load early; empty where no model is named.
   *
   * @throws IllegalArgumentException where a key is unknown or a value is not a number
   * @throws io.reckon.engine.api.EngineException where a value is out of range
   */
  static Optional<EngineSettings> engine(SparkConf conf) {
    requireKnownKeys(conf);
    if (!conf.contains(MODEL)) {
      return Optional.empty();
    }
    EngineSettings defaults = EngineSettings.builtin();
    return Optional.of(
        new EngineSettings(
            conf.get(MODEL),
            conf.get(MODE, defaults.mode()),
            conf.get(DEVICE, defaults.device()),
            conf.getInt(MAX_RUNNING, defaults.maxRunning()),
            conf.getSizeAsBytes(CACHE_BYTES, defaults.cacheBytes())));
  }

  private static void requireKnownKeys(SparkConf conf) {
    Set<String> unknown = new TreeSet<>();
    for (Tuple2<String, String> entry : conf.getAllWithPrefix(PREFIX)) {
      unknown.add(PREFIX + entry._1());
    }
    unknown.removeAll(KEYS);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "unknown Spark configuration %s; the keys are %s"
              .formatted(String.join(", ", unknown), String.join(", ", new TreeSet<>(KEYS))));
    }
  }
}
