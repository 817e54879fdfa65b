package io.reckon.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.udfs.ReckonSparkConf;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.internal.config.package$;
import org.apache.spark.sql.internal.SQLConf$;
import org.apache.spark.sql.internal.StaticSQLConf$;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The settings in conf/: no key that nobody reads, no class that is not there. */
class SettingsTest {
  private static final Path CONF = Path.of("../conf");

  /** Keys with a part that is the user's to name. */
  private static final Pattern OPEN =
      Pattern.compile(
          "spark\\.executorEnv\\.[A-Z_]+"
              + "|spark\\.sql\\.catalog\\.spark_catalog"
              + "|spark\\.executor\\.resource\\.gpu\\.(amount|vendor|discoveryScript)"
              + "|spark\\.task\\.resource\\.gpu\\.amount");

  /** Keys of Delta and of cluster managers whose classes are not here. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "spark.databricks.delta.snapshotPartitions",
          "spark.kubernetes.namespace",
          "spark.kubernetes.container.image",
          "spark.kubernetes.authenticate.driver.serviceAccountName",
          "spark.kubernetes.executor.podTemplateFile",
          "spark.kubernetes.executor.podTemplateContainerName",
          "spark.yarn.dist.files",
          "spark.yarn.dist.archives",
          "spark.yarn.maxAppAttempts");

  @BeforeAll
  static void haveSparkNameItsKeys() {
    assertThat(package$.MODULE$).isNotNull();
    assertThat(SQLConf$.MODULE$).isNotNull();
    assertThat(StaticSQLConf$.MODULE$).isNotNull();
  }

  @ParameterizedTest
  @MethodSource
  void everyKeyIsRead(Path file) throws IOException {
    String text = Files.readString(file);
    requireKnown(properties(text));
    // Alternatives are comments until somebody wants them.
    requireKnown(properties(text.replaceAll("(?m)^# (?=spark\\.\\S+ )", "")));
  }

  static Stream<Path> everyKeyIsRead() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(CONF)) {
      files = all.filter(file -> file.toString().contains("spark-defaults-")).toList();
    }
    assertThat(files).hasSizeGreaterThanOrEqualTo(5);
    return files.stream();
  }

  @Test
  void theBundleIsWhole() throws IOException {
    Path file = CONF.resolve("databricks/databricks.yml");
    Map<String, Object> bundle = yaml(file);
    Map<String, Object> job = at(bundle, "resources", "jobs", "reckon");
    Map<String, Object> task = first(job, "tasks");
    Map<String, Object> compute = at(first(job, "job_clusters"), "new_cluster");

    assertThat(task.get("job_cluster_key"))
        .isEqualTo(first(job, "job_clusters").get("job_cluster_key"));
    assertThat((String) at(task, "spark_jar_task").get("main_class_name"))
        .satisfies(Class::forName);
    Properties settings = new Properties();
    settings.putAll(at(compute, "spark_conf"));
    requireKnown(settings);
    assertThat(at(bundle, "variables").keySet())
        .containsExactlyInAnyOrderElementsOf(matches("\\$\\{var\\.(\\w+)}", file));
  }

  @Test
  void thePodHasTheContainerThatSparkFillsIn() throws IOException {
    Map<String, Object> pod = yaml(CONF.resolve("kubernetes-executor-pod.yaml"));
    Properties settings =
        properties(Files.readString(CONF.resolve("spark-defaults-kubernetes.conf")));

    assertThat(first(at(pod, "spec"), "containers").get("name"))
        .isEqualTo(settings.get("spark.kubernetes.executor.podTemplateContainerName"));
    assertThat(settings.getProperty("spark.reckon.model"))
        .startsWith(
            (String) first(first(at(pod, "spec"), "containers"), "volumeMounts").get("mountPath"));
  }

  /** Jars that Spark fetches are in a class loader that those of the class path can't see. */
  @ParameterizedTest
  @MethodSource("everyKeyIsRead")
  void deltaIsWhereReckonIs(Path file) throws IOException {
    assertThat(properties(Files.readString(file)))
        .doesNotContainKeys("spark.jars.packages", "spark.jars")
        .containsKey("spark.driver.extraClassPath");
  }

  private static void requireKnown(Properties settings) {
    Set<String> unknown = new TreeSet<>(settings.stringPropertyNames());
    unknown.removeIf(SettingsTest::isKnown);
    assertThat(unknown).isEmpty();
    SparkConf conf = new SparkConf(false);
    settings.forEach((key, value) -> conf.set((String) key, (String) value));
    // Throws where a key of ours is unknown, or a value is none.
    assertThat(ReckonSparkConf.engine(conf)).isPresent();
    Stream.of("spark.plugins", "spark.sql.extensions")
        .flatMap(key -> Stream.of(conf.get(key).split(",")))
        .forEach(name -> assertThat(name).satisfies(Class::forName));
  }

  private static boolean isKnown(String key) {
    return key.startsWith("spark.reckon.")
        || OPEN.matcher(key).matches()
        || ELSEWHERE.contains(key)
        || ConfigEntry.findEntry(key) != null
        || Set.of("spark.master", "spark.submit.deployMode").contains(key);
  }

  private static Properties properties(String text) throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(text));
    return properties;
  }

  private static Map<String, Object> yaml(Path file) throws IOException {
    return new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> at(Map<String, Object> map, String... path) {
    Map<String, Object> found = map;
    for (String key : path) {
      found = (Map<String, Object>) found.get(key);
    }
    return found;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> first(Map<String, Object> map, String list) {
    return ((List<Map<String, Object>>) map.get(list)).get(0);
  }

  private static Set<String> matches(String pattern, Path file) throws IOException {
    Set<String> found = new TreeSet<>();
    for (MatchResult match :
        Pattern.compile(pattern).matcher(Files.readString(file)).results().toList()) {
      found.add(match.group(1));
    }
    return found;
  }
}
