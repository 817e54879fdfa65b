package io.reckon.udfs;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.ReasoningMarkers;
import io.reckon.udfs.journal.JournalPace;
import io.reckon.udfs.model.ModelCopies;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.util.JavaUtils;
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

  /** Whether engines guess tokens ahead: {@code true} or {@code false}. */
  public static final String DRAFTS = PREFIX + "drafts";

  /** What the model's reasoning stands between, where its vocabulary doesn't tell. */
  public static final String THINK_OPEN = PREFIX + "thinkOpen";

  public static final String THINK_CLOSE = PREFIX + "thinkClose";

  /** How long an engine may go on without ending a step, before it counts as stuck. */
  public static final String STEP_LIMIT = PREFIX + "stepLimit";

  /** Most rows of a journal file. */
  public static final String JOURNAL_ROWS = PREFIX + "journal.rows";

  /** Longest that a finished row waits until its journal file is closed. */
  public static final String JOURNAL_DELAY = PREFIX + "journal.delay";

  /** How often finished rows go to the tables. */
  public static final String COMMIT_INTERVAL = PREFIX + "commit.interval";

  /** Whether Spark is to start executors with a GPU for the tasks that need the model alone. */
  public static final String GPU_STAGE = PREFIX + "gpuStage";

  /** Cores of such an executor, which are its task slots. */
  public static final String GPU_STAGE_CORES = GPU_STAGE + ".cores";

  /** Its memory; else the other executors'. */
  public static final String GPU_STAGE_MEMORY = GPU_STAGE + ".memory";

  /** Its memory beside the JVM's; else the other executors'. */
  public static final String GPU_STAGE_OVERHEAD = GPU_STAGE + ".memoryOverhead";

  /** Tells an executor which GPU it has, where the cluster manager does not. */
  public static final String GPU_STAGE_SCRIPT = GPU_STAGE + ".discoveryScript";

  /** Who made the GPU, for Kubernetes. */
  public static final String GPU_STAGE_VENDOR = GPU_STAGE + ".vendor";

  private static final Duration DEFAULT_STEP_LIMIT = Duration.ofMinutes(10);
  private static final Duration DEFAULT_COMMIT_INTERVAL = Duration.ofSeconds(30);

  private static final Set<String> KEYS =
      Set.of(
          MODEL,
          MODE,
          DEVICE,
          MAX_RUNNING,
          CACHE_BYTES,
          DRAFTS,
          THINK_OPEN,
          THINK_CLOSE,
          STEP_LIMIT,
          JOURNAL_ROWS,
          JOURNAL_DELAY,
          COMMIT_INTERVAL,
          GPU_STAGE,
          GPU_STAGE_CORES,
          GPU_STAGE_MEMORY,
          GPU_STAGE_OVERHEAD,
          GPU_STAGE_SCRIPT,
          GPU_STAGE_VENDOR,
          ModelCopies.FOLDER_KEY);

  private ReckonSparkConf() {}

  /** The keys that say what {@code settings} says; none where there is no model to load. */
  public static Map<String, String> of(EngineSettings settings) {
    if (!settings.isLocal()) {
      return Map.of();
    }
    return Map.of(
        MODEL, settings.model(),
        MODE, settings.mode(),
        DEVICE, settings.device(),
        MAX_RUNNING, Integer.toString(settings.maxRunning()),
        CACHE_BYTES, Long.toString(settings.cacheBytes()),
        DRAFTS, Boolean.toString(settings.drafts()),
        THINK_OPEN, settings.markers().open(),
        THINK_CLOSE, settings.markers().close());
  }

  /**
   * The engine that a configuration names; empty where it names no model.
   *
   * @throws EngineException where a key is unknown, or a value is no number or out of range
   */
  public static Optional<EngineSettings> engine(SparkConf conf) {
    requireKnownKeys(conf);
    return model(conf).map(name -> tuned(EngineSettings.builtin().withModel(name), conf));
  }

  /**
   * The engine of the model that somebody asks for; else of the one that a configuration names,
   * else of the built-in one.
   *
   * @throws EngineException as {@link #engine(SparkConf)} does
   */
  public static EngineSettings engine(Optional<String> asked, SparkConf conf) {
    EngineSettings builtin = EngineSettings.builtin();
    String name = asked.or(() -> model(conf)).orElse(builtin.model());
    return tuned(builtin.withModel(name), conf);
  }

  /**
   * Reckon's keys of a session: what it has set itself, else what its application was given.
   *
   * @param session all its configuration
   */
  public static SparkConf ofSession(Map<String, String> session) {
    SparkConf conf = new SparkConf(false);
    session.forEach(
        (key, value) -> {
          if (key.startsWith(PREFIX)) {
            conf.set(key, value);
          }
        });
    return conf;
  }

  /** Of the Spark that this JVM belongs to; the default where it belongs to none. */
  static Duration stepLimit() {
    return SparkEnv.get() == null
        ? DEFAULT_STEP_LIMIT
        : duration(SparkEnv.get().conf(), STEP_LIMIT, DEFAULT_STEP_LIMIT);
  }

  /** How soon rows reach the journal. */
  public static JournalPace journalPace(SparkConf conf) {
    int rows = number(conf, JOURNAL_ROWS, JournalPace.DEFAULT.rows(), Integer::parseInt);
    if (rows < 1) {
      throw new EngineException(
          ErrorCode.BAD_OPTION, "%s is %d; give 1 or more".formatted(JOURNAL_ROWS, rows));
    }
    return new JournalPace(rows, duration(conf, JOURNAL_DELAY, JournalPace.DEFAULT.delay()));
  }

  /** How often rows go from the journal to the tables. */
  public static Duration commitInterval(SparkConf conf) {
    return duration(conf, COMMIT_INTERVAL, DEFAULT_COMMIT_INTERVAL);
  }

  private static Duration duration(SparkConf conf, String key, Duration otherwise) {
    Duration given =
        Duration.ofMillis(number(conf, key, otherwise.toMillis(), JavaUtils::timeStringAsMs));
    if (given.toMillis() < 1) {
      throw new EngineException(
          ErrorCode.BAD_OPTION, "%s is '%s'; give a time, like 30s".formatted(key, conf.get(key)));
    }
    return given;
  }

  /** The model that a configuration names. */
  public static Optional<String> model(SparkConf conf) {
    return conf.contains(MODEL) ? Optional.of(conf.get(MODEL)) : Optional.empty();
  }

  /**
   * An engine as somebody asks for it, with what a configuration says of how it runs; its mode and
   * markers where none are asked for.
   *
   * @throws EngineException as {@link #engine(SparkConf)} does
   */
  public static EngineSettings tuned(EngineSettings asked, SparkConf conf) {
    requireKnownKeys(conf);
    if (!asked.isLocal()) {
      return asked;
    }
    EngineSettings defaults = EngineSettings.builtin();
    return new EngineSettings(
        asked.model(),
        asked.mode().equals(defaults.mode()) ? conf.get(MODE, asked.mode()) : asked.mode(),
        conf.get(DEVICE, asked.device()),
        number(conf, MAX_RUNNING, asked.maxRunning(), Integer::parseInt),
        number(conf, CACHE_BYTES, asked.cacheBytes(), JavaUtils::byteStringAsBytes),
        asked.markers().equals(defaults.markers()) ? markers(conf) : asked.markers(),
        flag(conf, DRAFTS, asked.drafts()),
        asked.host());
  }

  private static ReasoningMarkers markers(SparkConf conf) {
    return new ReasoningMarkers(conf.get(THINK_OPEN, ""), conf.get(THINK_CLOSE, ""));
  }

  private static boolean flag(SparkConf conf, String key, boolean otherwise) {
    String given = conf.get(key, Boolean.toString(otherwise));
    if (!given.matches("(?i)true|false")) {
      throw new EngineException(
          ErrorCode.BAD_OPTION, "%s is '%s'; give true or false".formatted(key, given));
    }
    return Boolean.parseBoolean(given);
  }

  private static <N extends Number> N number(
      SparkConf conf, String key, N otherwise, Function<String, N> parse) {
    if (!conf.contains(key)) {
      return otherwise;
    }
    try {
      return parse.apply(conf.get(key));
    } catch (NumberFormatException e) {
      throw new EngineException(
          ErrorCode.BAD_OPTION, "%s is '%s'; give a number".formatted(key, conf.get(key)), e);
    }
  }

  private static void requireKnownKeys(SparkConf conf) {
    Set<String> unknown = new TreeSet<>();
    for (Tuple2<String, String> entry : conf.getAllWithPrefix(PREFIX)) {
      unknown.add(PREFIX + entry._1());
    }
    unknown.removeAll(KEYS);
    if (!unknown.isEmpty()) {
      throw new EngineException(
          ErrorCode.BAD_OPTION,
          "unknown Spark configuration %s; the keys are %s"
              .formatted(String.join(", ", unknown), String.join(", ", new TreeSet<>(KEYS))));
    }
  }
}
