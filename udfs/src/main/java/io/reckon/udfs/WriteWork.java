package io.reckon.udfs;

import io.reckon.udfs.journal.ArrowFileInput;
import io.reckon.udfs.journal.ArrowFileOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Writes each partition of {@link PromptRow#SAMPLES} to a {@link WorkFile}; none where it is empty.
 */
public final class WriteWork implements FlatMapFunction<Iterator<Row>, WorkFile> {
  private static final long serialVersionUID = 1L;
  private static final int ROWS_A_BATCH = 256;

  private final String folder;
  private final SerializableConfiguration hadoop;

  public WriteWork(Path folder, Configuration hadoop) {
    this.folder = folder.toString();
    this.hadoop = new SerializableConfiguration(hadoop);
  }

  @Override
  public Iterator<WorkFile> call(Iterator<Row> rows) throws IOException {
    if (!rows.hasNext()) {
      return Collections.emptyIterator();
    }
    TaskContext task = TaskContext.get();
    Path path =
        new Path(folder, "w%06d-a%010d.arrow".formatted(task.partitionId(), task.taskAttemptId()));
    try (ArrowFileOutput out =
        new ArrowFileOutput(
            path.getFileSystem(hadoop.value()).create(path, false), PromptRow.SAMPLES, Map.of())) {
      while (rows.hasNext()) {
        out.write(batch(rows));
      }
    }
    return List.of(new WorkFile(task.partitionId(), path.toString())).iterator();
  }

  /** Opens a file that this wrote; the caller closes it. */
  public ArrowFileInput read(WorkFile file) throws IOException {
    Path path = new Path(file.path());
    FileSystem files = path.getFileSystem(hadoop.value());
    return new ArrowFileInput(files, path, PromptRow.SAMPLES);
  }

  private static List<Row> batch(Iterator<Row> rows) {
    List<Row> batch = new ArrayList<>(ROWS_A_BATCH);
    while (batch.size() < ROWS_A_BATCH && rows.hasNext()) {
      batch.add(rows.next());
    }
    return batch;
  }
}
