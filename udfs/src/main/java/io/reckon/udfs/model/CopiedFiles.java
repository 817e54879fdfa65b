package io.reckon.udfs.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which files of a model are copied, with their checksums, in a file that {@code sha256sum -c}
 * reads.
 */
final class CopiedFiles {
  private static final Pattern LINE = Pattern.compile("(?<sum>[0-9a-f]{64})  (?<name>.+)");

  private final Path list;
  private final Map<String, String> sumOfFile = new TreeMap<>();

  private CopiedFiles(Path list) {
    this.list = list;
  }

  /** Reads the list; it may not be there yet. */
  static CopiedFiles read(Path list) throws IOException {
    CopiedFiles copied = new CopiedFiles(list);
    if (Files.exists(list)) {
      for (String line : Files.readAllLines(list)) {
        Matcher parts = LINE.matcher(line);
        if (parts.matches()) {
          copied.sumOfFile.put(parts.group("name"), parts.group("sum"));
        }
      }
    }
    return copied;
  }

  boolean has(String name) {
    return sumOfFile.containsKey(name);
  }

  /** Takes in a file that is whole and on the disk. */
  void add(String name, String sum) throws IOException {
    sumOfFile.put(name, sum);
    Path next = list.resolveSibling(list.getFileName() + ".part");
    Files.writeString(
        next,
        sumOfFile.entrySet().stream()
            .map(entry -> entry.getValue() + "  " + entry.getKey() + "\n")
            .collect(Collectors.joining()));
    Files.move(next, list, StandardCopyOption.ATOMIC_MOVE);
  }
}
