package io.reckon.jobs.infer;

import io.reckon.jobs.TestSpark;
import io.reckon.jobs.cli.CliProcess;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * A real standalone cluster on loopback, from the jars of the test class path: a master, and a
 * worker with two GPUs that exist in name only. Closing it ends every process it has started.
 */
final class StandaloneCluster implements AutoCloseable {
  private static final String CLASS_PATH =
      System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  private static final String LOGGING =
      """
      status = error
      rootLogger.level = warn
      rootLogger.appenderRef.stderr.ref = stderr
      logger.deploy.name = org.apache.spark.deploy
      logger.deploy.level = info
      logger.reckon.name = io.reckon
      logger.reckon.level = info
      appender.stderr.type = Console
      appender.stderr.name = stderr
      appender.stderr.target = SYSTEM_ERR
      appender.stderr.layout.type = PatternLayout
      appender.stderr.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n%ex
      """;

  private final Path folder;
  private final String url;
  private final List<Process> started = new ArrayList<>();
  private Process worker;

  private StandaloneCluster(Path folder) throws IOException {
    this.folder = folder;
    this.url = "spark://127.0.0.1:" + freePort();
  }

  /** Starts the cluster in a folder; its logs and its work go there. */
  static StandaloneCluster start(Path folder) throws IOException, InterruptedException {
    StandaloneCluster cluster = new StandaloneCluster(folder);
    try {
      cluster.startMaster();
      cluster.startWorker();
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private void startMaster() throws IOException, InterruptedException {
    Files.createDirectories(folder.resolve("home/jars"));
    Files.writeString(folder.resolve("log4j2.properties"), LOGGING);
    String port = url.substring(url.lastIndexOf(':') + 1);
    var unused =
        start(
            "master",
            List.of("-Xmx256m"),
            "org.apache.spark.deploy.master.Master",
            List.of("--host", "127.0.0.1", "--port", port, "--webui-port", "0"));
    awaitLog("master", "I have been elected leader");
  }

  private void startWorker() throws IOException, InterruptedException {
    worker =
        start(
            "worker",
            List.of(
                "-Xmx256m",
                "-Dspark.worker.resource.gpu.amount=2",
                "-Dspark.worker.resource.gpu.discoveryScript=" + twoGpus()),
            "org.apache.spark.deploy.worker.Worker",
            List.of(
                "--host",
                "127.0.0.1",
                "--webui-port",
                "0",
                "--cores",
                "4",
                "--memory",
                "3g",
                "--work-dir",
                folder.resolve("work").toString(),
                url));
    awaitLog("worker", "Successfully registered with master");
  }

  /** Runs spark-submit in client mode: two executors, two task slots and one GPU each. */
  Process submit(Class<?> main, String... arguments) throws IOException {
    return submit(main, Map.of(), arguments);
  }

  /** The same, with configuration of its own; an empty value takes a key away. */
  Process submit(Class<?> main, Map<String, String> own, String... arguments) throws IOException {
    Map<String, String> conf =
        new HashMap<>(
            Map.ofEntries(
                Map.entry("spark.executor.cores", "2"),
                Map.entry("spark.executor.memory", "700m"),
                Map.entry("spark.executor.resource.gpu.amount", "1"),
                Map.entry("spark.task.resource.gpu.amount", "0.5"),
                Map.entry("spark.executor.extraClassPath", CLASS_PATH),
                Map.entry("spark.executor.extraJavaOptions", String.join(" ", smallJvm())),
                Map.entry("spark.plugins", "io.reckon.udfs.ReckonPlugin"),
                Map.entry("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension"),
                Map.entry(
                    "spark.sql.catalog.spark_catalog",
                    "org.apache.spark.sql.delta.catalog.DeltaCatalog"),
                Map.entry("spark.ui.enabled", "false"),
                Map.entry("spark.sql.shuffle.partitions", "2"),
                Map.entry("spark.databricks.delta.snapshotPartitions", "2"),
                // Both executors are there before the first task, as on a cluster at rest.
                Map.entry("spark.scheduler.minRegisteredResourcesRatio", "1.0")));
    conf.putAll(TestSpark.QUICK);
    conf.putAll(own);
    conf.values().removeIf(String::isEmpty);
    List<String> command = new ArrayList<>(List.of("--master", url));
    conf.forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
    command.addAll(List.of("--class", main.getName(), "spark-internal"));
    command.addAll(Arrays.asList(arguments));
    return start(
        "driver",
        List.of("-Xmx700m", "-Dreckon.terminal=true"),
        "org.apache.spark.deploy.SparkSubmit",
        command);
  }

  /** The executors that run now. */
  List<ProcessHandle> executors() {
    return worker.children().filter(ProcessHandle::isAlive).toList();
  }

  /** What a process has printed: {@code master}, {@code worker} or {@code driver}. */
  String log(String name) {
    try {
      return Files.readString(folder.resolve(name + ".log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What every executor of every application has printed, each as one text. */
  List<String> executorLogs() throws IOException {
    try (var files = Files.walk(folder.resolve("work"))) {
      return files
          .filter(file -> file.endsWith("stderr"))
          .map(
              file -> {
                try {
                  return Files.readString(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
          .collect(Collectors.toList());
    }
  }

  @Override
  public void close() {
    if (worker != null) {
      executors().forEach(ProcessHandle::destroyForcibly);
    }
    started.forEach(Process::destroyForcibly);
    for (Process process : started) {
      // A killed JVM gives its memory back first, which takes its time on a busy machine.
      process.onExit().orTimeout(2, TimeUnit.MINUTES).join();
    }
  }

  private Process start(String name, List<String> options, String main, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(JavaModuleOptions.defaultModuleOptionArray()));
    command.addAll(smallJvm());
    command.addAll(options);
    command.addAll(List.of("-cp", CLASS_PATH, main));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("SPARK_HOME", folder.resolve("home").toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    File log = folder.resolve(name + ".log").toFile();
    Process process = builder.redirectErrorStream(true).redirectOutput(log).start();
    started.add(process);
    return process;
  }

  private List<String> smallJvm() {
    List<String> options = new ArrayList<>(CliProcess.QUICK_START);
    options.add("-Dlog4j2.configurationFile=" + folder.resolve("log4j2.properties"));
    return options;
  }

  private Path twoGpus() throws IOException {
    Path script = folder.resolve("two-gpus.sh");
    Files.writeString(
        script, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"0\", \"1\"]}'\n");
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
  }

  private void awaitLog(String name, String text) throws InterruptedException {
    for (int i = 0; i < 600; i++) {
      if (log(name).contains(text)) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError("the " + name + " did not say '" + text + "' in 60 s: " + log(name));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
