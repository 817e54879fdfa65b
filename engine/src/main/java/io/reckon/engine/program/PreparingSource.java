package io.reckon.engine.program;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.reckon.engine.checkpoint.WeightMatrix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Matrices from another source, which are written to a prepared copy on their way. The copy takes
 * its name when it is whole and on the disk; where it can't be written there is none.
 */
final class PreparingSource implements MatrixSource {
  private static final Logger LOG = LoggerFactory.getLogger(PreparingSource.class);

  private final Path file;
  private final Path part;
  private final FileChannel channel;
  private final MatrixSource stored;
  private final ScriptProgram script;
  private final CRC32C sum = new CRC32C();
  private boolean writes = true;

  private PreparingSource(
      Path file, Path part, FileChannel channel, MatrixSource stored, ScriptProgram script) {
    this.file = file;
    this.part = part;
    this.channel = channel;
    this.stored = stored;
    this.script = script;
  }

  static MatrixSource begin(Path file, MatrixSource stored, ScriptProgram script) {
    try {
      Files.createDirectories(file.getParent());
      Path part = Files.createTempFile(file.getParent(), "new", ".part");
      FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE);
      return new PreparingSource(file, part, channel, stored, script);
    } catch (IOException e) {
      LOG.warn("No prepared copy is made: {}", e.toString());
      return stored;
    }
  }

  @Override
  public void fill(WeightMatrix matrix, int type, DoubleConsumer progress) {
    stored.fill(matrix, type, progress);
    List<HeldPart> parts = HeldPart.of(matrix, type);
    for (int number = 0; number < parts.size(); number++) {
      HeldPart held = parts.get(number);
      int step = PreparedCopy.CHUNK_BYTES / held.bytesOfNumber();
      for (long first = 0; writes && first < held.numbers(); first += step) {
        write(number, first, (int) Math.min(step, held.numbers() - first));
      }
    }
  }

  private void write(int part, long first, int count) {
    try (NDManager scope = script.manager().newSubManager();
        IValue bytes =
            script.callOnce(
                "held_bytes", IValue.from(part), IValue.from(first), IValue.from(count))) {
      ByteBuffer direct = bytes.toTensor((PtNDManager) scope).toByteBuffer(true);
      sum.update(direct.duplicate());
      put(direct);
    }
  }

  private void put(ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      writes = false;
      LOG.warn("No prepared copy is made: {}", e.toString());
    }
  }

  @Override
  public void finish() {
    if (writes) {
      put(ByteBuffer.allocate(Long.BYTES).putLong(0, sum.getValue()));
    }
    if (writes) {
      publish();
    }
  }

  private void publish() {
    try {
      channel.force(true);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      LOG.info("Prepared {}", file);
    } catch (IOException e) {
      LOG.warn("No prepared copy is made: {}", e.toString());
    }
  }

  @Override
  public void close() {
    stored.close();
    try {
      channel.close();
      Files.deleteIfExists(part);
    } catch (IOException e) {
      LOG.warn("{} is left behind: {}", part, e.toString());
    }
  }
}
