package io.reckon.jobs.cli;

import io.reckon.jobs.TestSpark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.spark.launcher.JavaModuleOptions;

/** The command line in a process of its own, on the class path of the tests. */
public final class CliProcess implements AutoCloseable {
  private static final String CLASS_PATH =
      System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

  /** Of a JVM: classes from a compiler need no verifier, and code that soon ends no optimizer. */
  public static final List<String> QUICK_START =
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:-BytecodeVerificationRemote");

  private final Process process;
  private final Path log;

  private CliProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * @param properties of the JVM, as {@code name=value}
   */
  public static CliProcess start(Path log, List<String> properties, String... arguments)
      throws IOException {
    return start(log, properties, Map.of(), arguments);
  }

  /**
   * @param environment variables beside the test's own
   */
  public static CliProcess start(
      Path log, List<String> properties, Map<String, String> environment, String... arguments)
      throws IOException {
    // Who runs the tests in the background may have it ignore Ctrl-C, and its children with it.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(JavaModuleOptions.defaultModuleOptionArray()));
    command.add("-Xmx1g");
    command.addAll(QUICK_START);
    TestSpark.QUICK.forEach((key, value) -> command.add("-D" + key + "=" + value));
    properties.forEach(property -> command.add("-D" + property));
    command.addAll(List.of("-cp", CLASS_PATH, Main.class.getName()));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().putAll(environment);
    return new CliProcess(builder.start(), log);
  }

  /** Waits while the process lives. */
  public void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      if (!process.isAlive()) {
        throw new AssertionError("the process ended early: " + printed());
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  public void interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
  }

  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  public int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  public String printed() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
