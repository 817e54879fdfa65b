package io.reckon.udfs.journal;

import java.io.Closeable;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compression.CompressionCodec;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Reads the rows of an Arrow IPC file, one record batch in memory at a time. Columns are found by
 * name; one that the file lacks is null, so that files of an earlier release can be read.
 */
public final class ArrowFileInput implements Iterator<Row>, Closeable {
  private static final byte[] MAGIC = "ARROW1".getBytes(StandardCharsets.US_ASCII);

  private final BufferAllocator allocator = new RootAllocator();
  private final StructType schema;
  private final ArrowFileReader reader;
  private int next;
  private int rows;

  /**
   * @throws IOException where the file is none, or was not closed
   */
  public ArrowFileInput(FileSystem files, Path path, StructType schema) throws IOException {
    this.schema = schema;
    this.reader =
        new ArrowFileReader(
            SeekableInput.open(files, path), allocator, CompressionCodec.Factory.INSTANCE);
    try {
      reader.getVectorSchemaRoot();
    } catch (IOException | RuntimeException e) {
      close();
      throw new IOException("cannot read the Arrow file " + path, e);
    }
  }

  /** Whether a file was written to its end; tells by the last bytes alone. */
  public static boolean isClosed(FileSystem files, FileStatus file) throws IOException {
    if (file.getLen() < 2L * MAGIC.length) {
      return false;
    }
    byte[] end = new byte[MAGIC.length];
    try (FSDataInputStream in = files.open(file.getPath())) {
      in.readFully(file.getLen() - MAGIC.length, end);
    } catch (ChecksumException | EOFException | FileNotFoundException e) {
      return false; // Half-written, or gone since it was listed.
    }
    return Arrays.equals(end, MAGIC);
  }

  /** What the file says of all its rows. */
  public Map<String, String> metadata() throws IOException {
    return reader.getVectorSchemaRoot().getSchema().getCustomMetadata();
  }

  @Override
  public boolean hasNext() {
    try {
      while (next == rows) {
        if (!reader.loadNextBatch()) {
          return false;
        }
        next = 0;
        rows = reader.getVectorSchemaRoot().getRowCount();
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the file has no more rows");
    }
    try {
      VectorSchemaRoot batch = reader.getVectorSchemaRoot();
      Object[] values = new Object[schema.length()];
      for (int i = 0; i < values.length; i++) {
        FieldVector column = batch.getVector(schema.fields()[i].name());
        values[i] = column == null ? null : ArrowValues.get(column, next);
      }
      next++;
      return RowFactory.create(values);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    try (allocator) {
      reader.close();
    }
  }
}
