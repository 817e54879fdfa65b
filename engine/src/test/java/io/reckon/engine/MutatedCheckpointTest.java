package io.reckon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import com.sun.management.ThreadMXBean;
import io.reckon.engine.RandomGguf.Up;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.checkpoint.Checkpoint;
import io.reckon.engine.program.ModelProgram;
import io.reckon.engine.program.WeightMode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that were damaged at random either load or are refused in one line. */
class MutatedCheckpointTest {
  private static final int FILES_OF_A_KIND = 110;
  private static final long MOST_BYTES_TO_REFUSE = 32 << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path folder;
  private final Random random = new Random(11);
  private int refused;
  private int loaded;

  @Test
  void safetensorsLoadOrAreRefused() throws Exception {
    new RandomCheckpoint(1).write(folder);
    Path file = folder.resolve("model.safetensors");
    byte[] good = Files.readAllBytes(file);
    int header = 8 + (good[0] & 0xff) + ((good[1] & 0xff) << 8);
    for (int i = 0; i < FILES_OF_A_KIND; i++) {
      Files.write(file, mutated(good, header));
      tryOut(folder);
    }
    assertBothHappened();
  }

  @Test
  void ggufsLoadOrAreRefused() throws Exception {
    RandomCheckpoint model = new RandomCheckpoint(1);
    model.write(folder);
    Path file = new RandomGguf(model, Up.SPLIT).write(folder.resolve("m.gguf"));
    byte[] good = Files.readAllBytes(file);
    int header = 3000;
    for (int i = 0; i < FILES_OF_A_KIND; i++) {
      Files.write(file, mutated(good, header));
      tryOut(file);
    }
    assertBothHappened();
  }

  private void assertBothHappened() {
    assertThat(refused).isGreaterThan(FILES_OF_A_KIND / 4);
    assertThat(loaded).isGreaterThan(5);
    assertThat(refused + loaded).isEqualTo(FILES_OF_A_KIND);
  }

  /** Cut off, or with some bytes of the header, or any, changed. */
  private byte[] mutated(byte[] good, int header) {
    byte[] bytes = good.clone();
    int kind = random.nextInt(6);
    if (kind == 0) {
      return Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }
    int range = kind == 1 ? bytes.length : header;
    for (int i = 0; i < kind; i++) {
      int at = random.nextInt(range);
      bytes[at] =
          (byte) (random.nextBoolean() ? bytes[at] ^ (1 << random.nextInt(8)) : random.nextInt());
    }
    return bytes;
  }

  private void tryOut(Path model) throws IOException {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      Checkpoint checkpoint = Checkpoint.open(model.toString());
      ModelProgram.load(checkpoint, WeightMode.FLOAT32, Device.cpu(), 2, 64).close();
      loaded++;
    } catch (EngineException e) {
      assertThat(e.getMessage()).contains(model.toString()).doesNotContain("\n");
      assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
          .isLessThan(MOST_BYTES_TO_REFUSE);
      refused++;
    }
  }
}
