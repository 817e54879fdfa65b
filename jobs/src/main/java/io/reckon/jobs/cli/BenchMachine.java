package io.reckon.jobs.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What a measurement ran on, as Linux tells it. */
final class BenchMachine {
  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

  private BenchMachine() {}

  /** The processor's name, and the system's. */
  static String description() {
    String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    return processor()
        .map(line -> line.substring(line.indexOf(':') + 1).strip() + ", " + system)
        .orElse(system);
  }

  private static Optional<String> processor() {
    try (var lines = Files.lines(PROCESSOR)) {
      return lines.filter(line -> line.startsWith("model name")).findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
