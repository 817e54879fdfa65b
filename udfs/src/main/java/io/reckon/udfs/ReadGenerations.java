package io.reckon.udfs;

import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.reckon.udfs.journal.ArrowFileInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/** Reads generations back from journal files, by their paths: {@link #SCHEMA}. */
public final class ReadGenerations implements FlatMapFunction<String, Row> {
  private static final long serialVersionUID = 1L;

  /** The run, in a file's metadata. */
  public static final String RUN_ID = "run_id";

  /** The version of the run's source, in a file's metadata; missing where it has none. */
  public static final String SOURCE_VERSION = "source_version";

  /** {@link GenerationRow#SCHEMA}, what the file says of all rows, and where a row stands. */
  public static final StructType SCHEMA =
      GenerationRow.SCHEMA
          .add(RUN_ID, StringType, false)
          .add(SOURCE_VERSION, LongType)
          .add("file", StringType, false)
          .add("place", LongType, false);

  private final SerializableConfiguration hadoop;

  public ReadGenerations(Configuration hadoop) {
    this.hadoop = new SerializableConfiguration(hadoop);
  }

  @Override
  public Iterator<Row> call(String path) throws IOException {
    Path file = new Path(path);
    List<Row> rows = new ArrayList<>();
    try (ArrowFileInput input =
        new ArrowFileInput(file.getFileSystem(hadoop.value()), file, GenerationRow.SCHEMA)) {
      Map<String, String> metadata = input.metadata();
      String version = metadata.get(SOURCE_VERSION);
      Object[] ofAll = {
        metadata.get(RUN_ID), version == null ? null : Long.valueOf(version), file.getName()
      };
      input.forEachRemaining(row -> rows.add(extended(row, ofAll, rows.size())));
    }
    return rows.iterator();
  }

  private static Row extended(Row row, Object[] ofAll, long place) {
    List<Object> values = new ArrayList<>(SCHEMA.length());
    for (int i = 0; i < row.length(); i++) {
      values.add(row.get(i));
    }
    values.addAll(Arrays.asList(ofAll));
    values.add(place);
    return RowFactory.create(values.toArray());
  }
}
