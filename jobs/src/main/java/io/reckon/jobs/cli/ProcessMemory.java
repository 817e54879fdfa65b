package io.reckon.jobs.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Memory that this process holds, native libraries and mapped files included. Empty where the
 * system does not say (Linux does).
 */
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ProcessMemory() {}

  /** Bytes held now. */
  static OptionalLong residentBytes() {
    return bytes("VmRSS:");
  }

  /** The most bytes that it has held. */
  static OptionalLong peakBytes() {
    return bytes("VmHWM:");
  }

  private static OptionalLong bytes(String name) {
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
