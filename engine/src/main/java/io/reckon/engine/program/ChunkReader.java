package io.reckon.engine.program;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.checkpoint.RowFormat;
import io.reckon.engine.checkpoint.WeightMatrix;
import io.reckon.engine.common.Threads;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Reads matrices in chunks of rows, with threads of its own and one chunk ahead. */
final class ChunkReader implements AutoCloseable {
  private static final int CHUNK_BYTES = 4 << 20;

  /** No kernel packs more rows in a tile; every chunk but a matrix's last has whole tiles. */
  private static final int TILE_ROWS = 64;

  /** The formats in which rows need no conversion on this side, the fewest bytes first. */
  private static final List<RowFormat> AS_STORED = List.of(RowFormat.BF16, RowFormat.F16);

  /**
   * Rows of a matrix.
   *
   * @param first the first row
   * @param count how many
   * @param bytes they are, direct; may be overwritten, and will be after the next chunk
   */
  record Chunk(int first, int count, RowFormat format, ByteBuffer bytes) {}

  /** A chunk and what still reads it. */
  private record Coming(Chunk chunk, List<Future<?>> readers) {}

  private final int threads;
  private final ExecutorService readers;
  private final ByteBuffer[] buffers = {ByteBuffer.allocateDirect(0), ByteBuffer.allocateDirect(0)};

  ChunkReader(int threads) {
    this.threads = threads;
    this.readers = Executors.newFixedThreadPool(threads, Threads.daemons("reckon-load"));
  }

  /** Gives all rows of a matrix in their order, in four bits where that is wanted and offered. */
  void read(WeightMatrix matrix, boolean fourBits, Consumer<Chunk> taker) {
    int step = rowsOfChunk(matrix.columns());
    Coming coming = start(matrix, fourBits, 0, step);
    for (int first = 0; first < matrix.rows(); first += step) {
      Chunk chunk = await(coming);
      if (first + step < matrix.rows()) {
        coming = start(matrix, fourBits, first + step, step);
      }
      taker.accept(chunk);
    }
  }

  private static int rowsOfChunk(int columns) {
    int tiles = CHUNK_BYTES / TILE_ROWS / RowFormat.F32.rowBytes(columns);
    return Math.max(1, tiles) * TILE_ROWS;
  }

  private Coming start(WeightMatrix matrix, boolean fourBits, int first, int step) {
    int count = Math.min(step, matrix.rows() - first);
    RowFormat format = format(matrix, fourBits, first, count);
    int rowBytes = format.rowBytes(matrix.columns());
    ByteBuffer bytes = buffer(first / step % 2, count * rowBytes);
    List<Future<?>> parts = new ArrayList<>();
    int share = (count + threads - 1) / threads;
    for (int from = 0; from < count; from += share) {
      int rows = Math.min(share, count - from);
      int row = first + from;
      ByteBuffer part =
          bytes.slice(from * rowBytes, rows * rowBytes).order(ByteOrder.LITTLE_ENDIAN);
      parts.add(readers.submit(() -> matrix.read(format, row, rows, part)));
    }
    return new Coming(new Chunk(first, count, format, bytes), parts);
  }

  private static RowFormat format(WeightMatrix matrix, boolean fourBits, int first, int count) {
    if (fourBits && matrix.offers(RowFormat.FOUR_BIT, first, count)) {
      return RowFormat.FOUR_BIT;
    }
    return AS_STORED.stream()
        .filter(format -> matrix.offers(format, first, count))
        .findFirst()
        .orElse(RowFormat.F32);
  }

  private ByteBuffer buffer(int number, int bytes) {
    if (buffers[number].capacity() < bytes) {
      buffers[number] = ByteBuffer.allocateDirect(bytes);
    }
    return buffers[number].slice(0, bytes);
  }

  private static Chunk await(Coming coming) {
    try {
      for (Future<?> reader : coming.readers()) {
        reader.get();
      }
      return coming.chunk();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof EngineException failure) {
        throw failure;
      }
      throw new EngineException(
          ErrorCode.ENGINE_FAILED, "reading weights failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException(
          ErrorCode.ENGINE_CLOSED, "loading was interrupted; open the engine again", e);
    }
  }

  @Override
  public void close() {
    readers.shutdownNow();
  }
}
