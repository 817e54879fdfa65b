package io.reckon.engine.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What this machine's processor can do, by the flags that Linux gives it. */
public final class Processor {
  private static final Path DESCRIPTION = Path.of("/proc/cpuinfo");
  private static final Set<String> FLAGS = read();

  private Processor() {}

  /** Its flags; none where Linux names none. */
  static Set<String> flags() {
    return FLAGS;
  }

  /** All of them, as a text. */
  static String description() {
    return String.join(" ", new TreeSet<>(FLAGS));
  }

  /** Whether libtorch has fast bf16 products for it; others take ten times as long and more. */
  public static boolean multipliesBf16() {
    return multipliesBf16(FLAGS);
  }

  /** The same of a processor with such flags: oneDNN's bf16 products start at these. */
  static boolean multipliesBf16(Set<String> flags) {
    return flags.containsAll(Set.of("avx512bw", "avx512dq", "avx512vl"));
  }

  private static Set<String> read() {
    try (var lines = Files.lines(DESCRIPTION)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line -> Set.copyOf(List.of(line.substring(line.indexOf(':') + 1).trim().split(" "))))
          .orElse(Set.of());
    } catch (IOException e) {
      return Set.of();
    }
  }
}
