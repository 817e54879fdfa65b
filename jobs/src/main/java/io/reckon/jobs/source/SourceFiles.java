package io.reckon.jobs.source;

import io.reckon.jobs.UserError;
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

/** The files below a path of prompts. */
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

  /** The format, as {@link FormatFinder} finds it. */
  SourceFormat detect() {
    return new FormatFinder(this, content).find();
  }

  boolean hasDeltaLog() {
    try {
      return hasDeltaLog(path);
    } catch (IOException e) {
      throw FileContent.unreadable(path, e);
    }
  }

  boolean hasDeltaLog(Path folder) throws IOException {
    Path log = new Path(folder, "_delta_log");
    return log.getFileSystem(hadoop).exists(log);
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
    return Arrays.stream(matches()).flatMap(match -> filesBelow(match, false));
  }

  /** Those that say something. */
  Stream<Path> filled() {
    return files().filter(file -> file.getLen() > 0).map(FileStatus::getPath);
  }

  /**
   * Below a folder Spark reads folders of partitions, COLUMN=VALUE, and below these all folders.
   *
   * @param inPartition whether this is one, or lies in one, below the path: the path's own name is
   *     no partition
   */
  private Stream<FileStatus> filesBelow(FileStatus status, boolean inPartition) {
    if (status.isFile()) {
      return Stream.of(status);
    }
    return children(status.getPath()).stream()
        .filter(child -> child.isFile() || inPartition || isPartition(child))
        .flatMap(child -> filesBelow(child, inPartition || isPartition(child)));
  }

  private static boolean isPartition(FileStatus folder) {
    return folder.getPath().getName().contains("=");
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
    return name.startsWith(".")
        || (name.startsWith("_") && !name.contains("="))
        || name.endsWith("._COPYING_");
  }

  /** Some of them in groups that Spark can read together. */
  List<AlikeFiles> alike(SourceFormat format, List<String> paths) {
    return AlikeFiles.groups(format, paths, content);
  }

  /** The first that says something, else the first. */
  Path firstFile() {
    return filled()
        .findFirst()
        .or(() -> files().findFirst().map(FileStatus::getPath))
        .orElseThrow(() -> new UserError("'" + path + "' holds no files; check --prompts"));
  }

  /** What lies at the path, or where it is a pattern what it fits. */
  FileStatus[] matches() {
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

  /** The path. */
  @Override
  public String toString() {
    return path.toString();
  }
}
