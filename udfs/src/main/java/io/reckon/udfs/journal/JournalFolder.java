package io.reckon.udfs.journal;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The folder of one run's journal, on any Hadoop file system. Travels to the executors. Every file
 * is created once, by one writer, under a name of its own.
 */
public final class JournalFolder implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final SerializableConfiguration hadoop;

  public JournalFolder(Path path, Configuration hadoop) {
    this.path = path.toString();
    this.hadoop = new SerializableConfiguration(hadoop);
  }

  /** The run whose journal it is. */
  public String runId() {
    return path().getName();
  }

  public Path path() {
    return new Path(path);
  }

  public Path path(JournalFile file) {
    return path(file.name());
  }

  Path path(String name) {
    return new Path(path(), name);
  }

  FileSystem files() throws IOException {
    return path().getFileSystem(hadoop.value());
  }

  /** Writes a file, made in memory and then in one go: half-written ones are rare. */
  void write(String name, StructType schema, Map<String, String> metadata, List<Row> rows)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ArrowFileOutput arrow = new ArrowFileOutput(bytes, schema, metadata)) {
      arrow.write(rows);
    }
    try (FSDataOutputStream out = files().create(path(name), false)) {
      bytes.writeTo(out);
    }
  }

  /**
   * The closed files, sorted. One that is still being written, or whose writer died over it, is
   * passed over.
   *
   * @param wanted those that are worth a look
   */
  public NavigableSet<JournalFile> closed(Predicate<JournalFile> wanted) throws IOException {
    NavigableSet<JournalFile> closed = new TreeSet<>();
    for (FileStatus status : list(path())) {
      Optional<JournalFile> file = JournalFile.parse(status.getPath().getName()).filter(wanted);
      if (file.isPresent() && ArrowFileInput.isClosed(files(), status)) {
        closed.add(file.get());
      }
    }
    return closed;
  }

  /** All files of a partition, of every kind. */
  List<FileStatus> ofPartition(int partition) throws IOException {
    String prefix = TaskAttempt.prefix(partition) + "-";
    return list(path()).stream()
        .filter(status -> status.getPath().getName().startsWith(prefix))
        .toList();
  }

  /** Deletes files that are of no more use; those already gone don't matter. */
  public void delete(Iterable<JournalFile> files) throws IOException {
    for (JournalFile file : files) {
      files().delete(path(file), false);
    }
  }

  private List<FileStatus> list(Path folder) throws IOException {
    try {
      return List.of(files().listStatus(folder));
    } catch (FileNotFoundException e) {
      return List.of(); // Nothing was journaled yet.
    }
  }
}
