package io.reckon.jobs.source;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reckon.jobs.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/** The files below a path of prompts, looked at to tell their format. */
final class SourceFiles {
  private static final int HEAD_BYTES = 64 << 10;
  private static final ObjectMapper STRICT =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Path path;
  private final Configuration hadoop;

  /** Looks for the path; {@link UserError} where nothing is there. */
  SourceFiles(String path, Configuration hadoop) {
    this.path = hadoopPath(path);
    this.hadoop = hadoop;
    if (matches().length == 0) {
      throw new UserError("there are no prompts at '" + path + "'; check --prompts");
    }
  }

  private static Path hadoopPath(String path) {
    try {
      return new Path(path);
    } catch (IllegalArgumentException e) {
      throw new UserError("'" + path + "' is no path: " + e.getMessage() + "; check --prompts", e);
    }
  }

  /** The format, by the table's log, else a file's name, else a file's content. */
  SourceFormat detect() {
    if (hasDeltaLog()) {
      return SourceFormat.DELTA;
    }
    Path file = firstFile();
    SourceFormat format = SourceFormat.byFileName(file.getName()).orElseGet(() -> byContent(file));
    boolean mayBeBatch = format == SourceFormat.JSON || format == SourceFormat.JSONL;
    return mayBeBatch && head(file).lines().anyMatch(BatchLine::looksLikeOne)
        ? SourceFormat.OPENAI_BATCH
        : format;
  }

  boolean hasDeltaLog() {
    try {
      Path log = new Path(path, "_delta_log");
      return log.getFileSystem(hadoop).exists(log);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  boolean isFolder() {
    return !isPattern(path) && matches()[0].isDirectory();
  }

  private static boolean isPattern(Path path) {
    return path.toString().matches(".*[*?{\\[].*");
  }

  /** The deepest folder that all files lie below, whichever of them there are; ends in a slash. */
  String base() {
    Path base = isFolder() ? absolute() : absolute().getParent();
    while (isPattern(base)) {
      base = base.getParent();
    }
    return base.isRoot() ? "/" : base.toUri().getPath() + "/";
  }

  private Path absolute() {
    try {
      return path.getFileSystem(hadoop).makeQualified(path);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /**
   * The files that Spark reads below the path, each with its size and the time of its last change:
   * what is in another state than before has another stamp.
   */
  Map<String, String> stamps() {
    Map<String, String> stamps = new TreeMap<>();
    Arrays.stream(matches()).forEach(status -> addStamps(status, stamps));
    return stamps;
  }

  private void addStamps(FileStatus status, Map<String, String> stamps) {
    if (status.isFile()) {
      stamps.put(status.getPath().toString(), status.getLen() + " " + status.getModificationTime());
      return;
    }
    // Below a folder Spark reads folders of partitions, COLUMN=VALUE, and no others.
    for (FileStatus child : children(status.getPath())) {
      if (child.isFile() || child.getPath().getName().contains("=")) {
        addStamps(child, stamps);
      }
    }
  }

  /** What lies in a folder, in the order of names, without what Spark takes for hidden. */
  private List<FileStatus> children(Path folder) {
    try {
      return Arrays.stream(folder.getFileSystem(hadoop).listStatus(folder))
          .filter(child -> !isHidden(child.getPath().getName()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  private static boolean isHidden(String name) {
    return name.startsWith(".") || (name.startsWith("_") && !name.contains("="));
  }

  /** Whether a JSON file holds one value over many lines, and not one object on each. */
  boolean jsonSpansLines() {
    String head = head(firstFile()).stripLeading();
    if (!head.startsWith("{")) {
      return true;
    }
    String firstLine = head.lines().findFirst().orElse("");
    try {
      return !STRICT.readTree(firstLine).isObject();
    } catch (JacksonException e) {
      // A line that fills the whole head was cut, not broken.
      return firstLine.length() < head.length();
    }
  }

  /**
   * CSV files that have the same header, in the order of the first of each. Empty ones are left out
   * where there are others.
   */
  List<List<String>> byHeader(List<String> files) {
    // Opening a file takes an object store long.
    List<String> headers = files.parallelStream().map(file -> header(new Path(file))).toList();
    Map<String, List<String>> groups = new LinkedHashMap<>();
    for (int file = 0; file < headers.size(); file++) {
      groups.computeIfAbsent(headers.get(file), header -> new ArrayList<>()).add(files.get(file));
    }
    if (groups.size() > 1) {
      groups.remove("");
    }
    return List.copyOf(groups.values());
  }

  /** The first record as it is written, the start of a very long one; empty where there is none. */
  private String header(Path file) {
    StringBuilder header = new StringBuilder();
    for (String line : head(file).lines().dropWhile(String::isEmpty).toList()) {
      header.append(line).append('\n');
      if (header.chars().filter(letter -> letter == '"').count() % 2 == 0) {
        break; // No quote is open: the line's end is the record's.
      }
    }
    return header.toString();
  }

  private SourceFormat byContent(Path file) {
    String head = head(file);
    if (head.startsWith("PAR1")) {
      return SourceFormat.PARQUET;
    }
    String start = head.stripLeading();
    if (start.startsWith("{") || start.startsWith("[")) {
      return SourceFormat.JSON;
    }
    if (head.indexOf('\0') >= 0) {
      throw new UserError(
          "the format of '%s' is not known; give --format (%s)"
              .formatted(file, SourceFormat.labels()));
    }
    return SourceFormat.TEXT;
  }

  /** The first bytes, decompressed, each as one character up to 255. */
  private String head(Path file) {
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
    try (InputStream raw = file.getFileSystem(hadoop).open(file);
        InputStream in = codec == null ? raw : codec.createInputStream(raw)) {
      String head = new String(in.readNBytes(HEAD_BYTES), StandardCharsets.ISO_8859_1);
      return head.startsWith("\u00ef\u00bb\u00bf") ? head.substring(3) : head;
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private Path firstFile() {
    return Arrays.stream(matches())
        .map(this::firstFileBelow)
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow(
            () -> new UserError("the folder '" + path + "' holds no files; check --prompts"));
  }

  private Optional<Path> firstFileBelow(FileStatus status) {
    if (status.isFile()) {
      return Optional.of(status.getPath());
    }
    return children(status.getPath()).stream()
        .map(this::firstFileBelow)
        .flatMap(Optional::stream)
        .findFirst();
  }

  private FileStatus[] matches() {
    try {
      FileSystem files = path.getFileSystem(hadoop);
      FileStatus[] found = files.globStatus(path);
      return found == null ? new FileStatus[0] : found;
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private static UserError unreadable(Path path, IOException cause) {
    return new UserError("cannot read '" + path + "': " + cause.getMessage(), cause);
  }
}
