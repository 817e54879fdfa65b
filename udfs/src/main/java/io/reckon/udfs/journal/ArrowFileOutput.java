package io.reckon.udfs.journal;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compression.CompressionCodec;
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Writes rows as an Arrow IPC file, a record batch at a time, compressed with Zstandard where
 * {@code arrow-compression} is on the class path (Spark 4.0 lacks it). The file is whole once this
 * is closed.
 */
public final class ArrowFileOutput implements Closeable {
  private static final CodecType CODEC = codec();

  private final BufferAllocator allocator = new RootAllocator();
  private final VectorSchemaRoot root;
  private final ArrowFileWriter writer;

  /**
   * @param metadata what the file says of all its rows
   * @param out is closed with this
   */
  public ArrowFileOutput(OutputStream out, StructType schema, Map<String, String> metadata)
      throws IOException {
    root = VectorSchemaRoot.create(ArrowSchema.of(schema, metadata), allocator);
    writer =
        new ArrowFileWriter(
            root,
            null,
            Channels.newChannel(out),
            Map.of(),
            IpcOption.DEFAULT,
            CompressionCodec.Factory.INSTANCE,
            CODEC,
            Optional.empty());
    writer.start();
  }

  /** Adds one record batch. */
  public void write(List<Row> rows) throws IOException {
    root.allocateNew();
    for (int column = 0; column < root.getFieldVectors().size(); column++) {
      for (int index = 0; index < rows.size(); index++) {
        ArrowValues.set(root.getVector(column), index, rows.get(index).get(column));
      }
    }
    root.setRowCount(rows.size());
    writer.writeBatch();
    root.clear();
  }

  @Override
  public void close() throws IOException {
    try (allocator;
        root;
        writer) {
      writer.end();
    }
  }

  private static CodecType codec() {
    try {
      CompressionCodec.Factory.INSTANCE.createCodec(CodecType.ZSTD);
      return CodecType.ZSTD;
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      return CodecType.NO_COMPRESSION;
    }
  }
}
