package io.reckon.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprintMemoryTest {
  @TempDir Path folder;
  private Path weights;
  private FingerprintMemory memory;
  private int hashed;

  @BeforeEach
  void layOut() throws IOException {
    weights = Files.writeString(folder.resolve("model.safetensors"), "weights");
    memory = new FingerprintMemory(folder.resolve("cache/fingerprints"), 7);
  }

  @Test
  void hashesOnce() {
    assertThat(fingerprint()).isEqualTo(hash(1));
    assertThat(fingerprint()).isEqualTo(hash(1));
    assertThat(memory.folder()).isDirectoryContaining(file -> true);
  }

  @Test
  void hashesAgainWhatWasWrittenThoughItsTimeWasSetBack() throws Exception {
    FileTime time = Files.getLastModifiedTime(weights);
    assertThat(fingerprint()).isEqualTo(hash(1));
    TimeUnit.MILLISECONDS.sleep(50); // File systems tell the time in ticks.
    Files.writeString(weights, "WEIGHTS");
    Files.setLastModifiedTime(weights, time);
    assertThat(fingerprint()).isEqualTo(hash(2));
  }

  @Test
  void forgetsWhatWasWrittenWhileItWasHashed() {
    String first = memory.of(List.of(weights), () -> hashWhileWriting());
    assertThat(first).isEqualTo(hash(1));
    assertThat(fingerprint()).isEqualTo(hash(2));
  }

  /** As a power cut can leave a file that was written but a moment before. */
  @ParameterizedTest
  @ValueSource(strings = {"", "0123456789abcdef0123456789abcde", "\0\0\0\0", "\u00ff"})
  void hashesAgainWhereWhatItRemembersIsCut(String left) throws IOException {
    assertThat(fingerprint()).isEqualTo(hash(1));
    try (Stream<Path> remembered = Files.list(memory.folder())) {
      Files.writeString(remembered.findFirst().orElseThrow(), left, StandardCharsets.ISO_8859_1);
    }
    assertThat(fingerprint()).isEqualTo(hash(2));
    assertThat(fingerprint()).isEqualTo(hash(2));
  }

  @Test
  void hashesSmallModelsEachTime() throws IOException {
    Files.writeString(weights, "small");
    assertThat(List.of(fingerprint(), fingerprint())).containsExactly(hash(1), hash(2));
    assertThat(memory.folder()).doesNotExist();
  }

  @Test
  void hashesEachTimeWhereNothingCanBeWritten() throws IOException {
    Files.writeString(folder.resolve("cache"), "in the way");
    assertThat(List.of(fingerprint(), fingerprint())).containsExactly(hash(1), hash(2));
  }

  private String fingerprint() {
    return memory.of(List.of(folder.resolve("none"), weights), this::hash);
  }

  private String hash() {
    return hash(++hashed);
  }

  /** Has the form of what is remembered. */
  private static String hash(int number) {
    return Fingerprint.of("hash " + number);
  }

  private String hashWhileWriting() {
    try {
      Files.writeString(weights, "other weights");
      return hash();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
