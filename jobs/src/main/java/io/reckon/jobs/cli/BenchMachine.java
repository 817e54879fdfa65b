package io.reckon.jobs.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** What a measurement ran on, as Linux tells it. */
final class BenchMachine {
  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");
  private static final Path STATUS = Path.of("/proc/self/status");

  private BenchMachine() {}

  /** The processor's name, and the system's. */
  static String description() {
    String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    return line(PROCESSOR, "model name")
        .map(line -> line.substring(line.indexOf(':') + 1).strip() + ", " + system)
        .orElse(system);
  }

  /** Memory that this process holds now, native libraries and mapped files included. */
  static OptionalLong residentBytes() {
    return line(STATUS, "VmRSS:").stream()
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst();
  }

  private static Optional<String> line(Path file, String start) {
    try (var lines = Files.lines(file)) {
      return lines.filter(line -> line.startsWith(start)).findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
