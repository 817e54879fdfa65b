package io.reckon.engine.program;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.checkpoint.WeightMatrix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.zip.CRC32C;

/** Matrices from a prepared copy. One that is damaged is deleted, and the start fails. */
final class PreparedSource implements MatrixSource {
  private final Path file;
  private final FileChannel channel;
  private final ScriptProgram script;
  private final CRC32C sum = new CRC32C();
  private final ByteBuffer chunk = ByteBuffer.allocateDirect(PreparedCopy.CHUNK_BYTES);

  private PreparedSource(Path file, FileChannel channel, ScriptProgram script) {
    this.file = file;
    this.channel = channel;
    this.script = script;
  }

  static PreparedSource open(Path file, ScriptProgram script) {
    try {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
      return new PreparedSource(file, channel, script);
    } catch (IOException e) {
      throw new EngineException(
          ErrorCode.ENGINE_FAILED, "the prepared copy " + file + " can't be read: " + e, e);
    }
  }

  @Override
  public void fill(WeightMatrix matrix, int type, DoubleConsumer progress) {
    List<HeldPart> parts = HeldPart.of(matrix, type);
    for (int number = 0; number < parts.size(); number++) {
      HeldPart part = parts.get(number);
      int step = PreparedCopy.CHUNK_BYTES / part.bytesOfNumber();
      for (long first = 0; first < part.numbers(); first += step) {
        int count = (int) Math.min(step, part.numbers() - first);
        restore(number, first, read(count * part.bytesOfNumber()), part.type());
      }
    }
    progress.accept(1);
  }

  private void restore(int part, long first, ByteBuffer bytes, int type) {
    try (NDManager scope = script.manager().newSubManager()) {
      Shape shape = new Shape(bytes.remaining());
      script.run(
          "restore",
          IValue.from(part),
          IValue.from(first),
          IValue.from((PtNDArray) scope.create(bytes, shape, DataType.INT8)),
          IValue.from(type));
    }
  }

  private ByteBuffer read(int bytes) {
    chunk.clear().limit(bytes);
    readFully();
    sum.update(chunk.flip());
    return chunk.rewind().slice();
  }

  private void readFully() {
    try {
      while (chunk.hasRemaining()) {
        if (channel.read(chunk) < 0) {
          throw damaged();
        }
      }
    } catch (IOException e) {
      throw damaged();
    }
  }

  @Override
  public void finish() {
    long expected = sum.getValue();
    chunk.clear().limit(Long.BYTES);
    readFully();
    if (chunk.getLong(0) != expected) {
      throw damaged();
    }
  }

  private EngineException damaged() {
    String after;
    try {
      Files.deleteIfExists(file);
      after = "it is deleted; start again";
    } catch (IOException e) {
      after = "delete it and start again";
    }
    return new EngineException(
        ErrorCode.ENGINE_FAILED, "the prepared copy %s is damaged; %s".formatted(file, after));
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new EngineException(ErrorCode.ENGINE_FAILED, "closing " + file + " failed: " + e, e);
    }
  }
}
