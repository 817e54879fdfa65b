package io.reckon.jobs.commit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The manifests of a folder: {@code N.json}, and {@code N.done} once both tables have its rows.
 * Only the newest is kept. INVARIANT: a version whose appends have begun is never used for other
 * rows.
 */
final class Manifests {
  private static final String JSON = ".json";
  private static final String DONE = ".done";

  private final FileSystem files;
  private final Path folder;

  Manifests(FileSystem files, Path folder) {
    this.files = files;
    this.folder = folder;
  }

  /** The highest version ever written; 0 before the first. */
  long lastVersion() throws IOException {
    return versions(JSON).isEmpty() ? 0 : versions(JSON).lastKey();
  }

  /**
   * A manifest that was written and perhaps not appended. One that was not written to its end never
   * was: the appends come after.
   */
  Optional<Manifest> unfinished() throws IOException {
    long last = lastVersion();
    if (last == 0 || files.exists(path(last, DONE))) {
      return Optional.empty();
    }
    return SmallFile.read(files, path(last, JSON), Manifest.class);
  }

  void write(Manifest manifest) throws IOException {
    SmallFile.create(files, path(manifest.version(), JSON), manifest);
  }

  /** Both tables have the rows. */
  void done(Manifest manifest) throws IOException {
    files.create(path(manifest.version(), DONE), true).close();
    for (long version : versions(JSON).headMap(manifest.version()).keySet()) {
      files.delete(path(version, JSON), false);
      files.delete(path(version, DONE), false);
    }
  }

  private NavigableMap<Long, Path> versions(String suffix) throws IOException {
    NavigableMap<Long, Path> found = new TreeMap<>();
    try {
      for (FileStatus status : files.listStatus(folder)) {
        String name = status.getPath().getName();
        if (name.matches("\\d{1,18}" + suffix.replace(".", "\\."))) {
          found.put(Long.parseLong(name.substring(0, name.indexOf('.'))), status.getPath());
        }
      }
    } catch (FileNotFoundException e) {
      return found; // None was ever written.
    }
    return found;
  }

  private Path path(long version, String suffix) {
    return new Path(folder, "%09d".formatted(version) + suffix);
  }
}
