package io.reckon.jobs.source;

import io.reckon.jobs.UserError;
import io.reckon.jobs.batch.BatchFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The files below a path of prompts, looked at to tell their format. */
final class SourceFiles {
  private final Path path;
  private final Configuration hadoop;
  private final FileContent content;

  /** Looks for the path; {@link UserError} where nothing is there. */
  SourceFiles(String path, Configuration hadoop) {
    this.path = hadoopPath(path);
    this.hadoop = hadoop;
    this.content = new FileContent(hadoop);
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
    return mayBeBatch && content.head(file).lines().anyMatch(BatchFile::isRequest)
        ? SourceFormat.OPENAI_BATCH
        : format;
  }

  boolean hasDeltaLog() {
    try {
      Path log = new Path(path, "_delta_log");
      return log.getFileSystem(hadoop).exists(log);
    } catch (IOException e) {
      throw FileContent.unreadable(path, e);
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
      throw FileContent.unreadable(path, e);
    }
  }

  /**
   * The files that Spark reads below the path, each with its size and the time of its last change:
   * what is in another state than before has another stamp.
   */
  Map<String, String> stamps() {
    Map<String, String> stamps = new TreeMap<>();
    files()
        .forEach(
            file ->
                stamps.put(
                    file.getPath().toString(), file.getLen() + " " + file.getModificationTime()));
    return stamps;
  }

  /** The files that Spark reads; a folder is listed when its turn comes. */
  private Stream<FileStatus> files() {
    return Arrays.stream(matches()).flatMap(this::filesBelow);
  }

  private Stream<FileStatus> filesBelow(FileStatus status) {
    if (status.isFile()) {
      return Stream.of(status);
    }
    // Below a folder Spark reads folders of partitions, COLUMN=VALUE, and no others.
    return children(status.getPath()).stream()
        .filter(child -> child.isFile() || child.getPath().getName().contains("="))
        .flatMap(this::filesBelow);
  }

  /** What lies in a folder, in the order of names, without what Spark takes for hidden. */
  private List<FileStatus> children(Path folder) {
    try {
      return Arrays.stream(folder.getFileSystem(hadoop).listStatus(folder))
          .filter(child -> !isHidden(child.getPath().getName()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw FileContent.unreadable(folder, e);
    }
  }

  private static boolean isHidden(String name) {
    return name.startsWith(".") || (name.startsWith("_") && !name.contains("="));
  }

  /** Some of them in groups that Spark can read together. */
  List<AlikeFiles> alike(SourceFormat format, List<String> paths) {
    return AlikeFiles.groups(format, paths, content);
  }

  private SourceFormat byContent(Path file) {
    String head = content.head(file);
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

  /** The first that says something, else the first. */
  private Path firstFile() {
    return files()
        .filter(file -> file.getLen() > 0)
        .findFirst()
        .or(() -> files().findFirst())
        .map(FileStatus::getPath)
        .orElseThrow(() -> new UserError("'" + path + "' holds no files; check --prompts"));
  }

  private FileStatus[] matches() {
    try {
      FileSystem files = path.getFileSystem(hadoop);
      FileStatus[] found = files.globStatus(path);
      if (found == null) {
        return new FileStatus[0];
      }
      return isPattern(path)
          ? Arrays.stream(found)
              .filter(status -> !isHidden(status.getPath().getName()))
              .toArray(FileStatus[]::new)
          : found;
    } catch (IOException e) {
      throw FileContent.unreadable(path, e);
    }
  }
}
