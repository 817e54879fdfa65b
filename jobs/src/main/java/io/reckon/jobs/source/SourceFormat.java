package io.reckon.jobs.source;

import io.reckon.jobs.UserError;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The formats that prompts are read from, with the endings of their files. */
public enum SourceFormat {
  DELTA(),
  PARQUET("parquet"),
  /** One JSON array, or objects that span lines; a file of one object a line is read too. */
  JSON("json"),
  /** One JSON object a line. */
  JSONL("jsonl", "ndjson"),
  /** One request of OpenAI's batch service a line; told from other JSON lines by what they hold. */
  OPENAI_BATCH(),
  /** A header line, quotes that may span lines, a quote doubled inside quotes. */
  CSV("csv"),
  /** One prompt a line. */
  TEXT("txt", "text");

  private final List<String> endings;

  SourceFormat(String... endings) {
    this.endings = List.of(endings);
  }

  /** Its name on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static SourceFormat named(String name) {
    return Arrays.stream(values())
        .filter(format -> format.label().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new UserError("--format is '" + name + "'; give one of auto, " + labels()));
  }

  /** The format that a file's name tells, a compression's ending aside. */
  static Optional<SourceFormat> byFileName(String fileName) {
    String ending = ending(fileName);
    return Arrays.stream(values()).filter(format -> format.endings.contains(ending)).findFirst();
  }

  /** How a file's name ends, in small letters, a compression's ending aside; empty for no way. */
  static String ending(String fileName) {
    String name = fileName.toLowerCase(Locale.ROOT).replaceFirst("\\.(gz|bz2|zst|lz4|snappy)$", "");
    return name.contains(".") ? name.substring(name.lastIndexOf('.') + 1) : "";
  }

  static String labels() {
    return Arrays.stream(values()).map(SourceFormat::label).collect(Collectors.joining(", "));
  }
}
