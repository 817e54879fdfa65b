package io.reckon.udfs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.EngineException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCopiesTest {
  @TempDir private Path folder;
  private Path remote;
  private Path cache;
  private ModelCopies copies;

  @BeforeEach
  void layOut() throws IOException {
    remote = Files.createDirectories(folder.resolve("far/my-model"));
    cache = folder.resolve("cache");
    copies = new ModelCopies(cache, FarFileSystem.configuration());
    Files.writeString(remote.resolve("config.json"), "{}");
    Files.writeString(remote.resolve("model.safetensors"), "weights".repeat(1000));
    Files.writeString(remote.resolve("README.md"), "of no use to an engine");
  }

  private String address() {
    return FarFileSystem.address(remote);
  }

  private List<String> opened() throws IOException {
    return Files.readAllLines(remote.resolve("opened"));
  }

  private static List<String> names(Path folder) throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void copiesWhatAModelIsMadeOf() throws IOException {
    Path copy = copies.copyOf(address());
    assertThat(copy).startsWith(cache).hasFileName("my-model");
    assertThat(names(copy)).containsExactly("SHA256SUMS", "config.json", "model.safetensors");
    assertThat(copy.resolve("model.safetensors"))
        .hasSameBinaryContentAs(remote.resolve("model.safetensors"));
  }

  @Test
  void copiesOnceForAll() throws IOException {
    Path copy = copies.copyOf(address());
    assertThat(new ModelCopies(cache, FarFileSystem.configuration()).copyOf(address()))
        .isEqualTo(copy);
    assertThat(opened()).containsExactly("config.json", "model.safetensors");
  }

  @Test
  void copiesAnewWhatHasChangedAndLeavesTheOldCopyToItsReaders() throws IOException {
    Path old = copies.copyOf(address());
    Files.setLastModifiedTime(remote.resolve("config.json"), FileTime.fromMillis(1_000_000));
    Path next = copies.copyOf(address());
    assertThat(next).isNotEqualTo(old);
    assertThat(names(old)).isEqualTo(names(next));
  }

  @Test
  void deletesTheOldCopyOnceNoProcessUsesIt() throws IOException, InterruptedException {
    Process user = CopyProcess.start(cache, address());
    Path old = Path.of(user.inputReader().readLine());
    Path other = Files.createDirectories(cache.resolve("other/model"));

    Files.setLastModifiedTime(remote.resolve("config.json"), FileTime.fromMillis(1_000_000));
    Path next = copies.copyOf(address());
    assertThat(old).isDirectory();

    end(user);
    assertThat(copies.copyOf(address())).isEqualTo(next);
    assertThat(old.getParent()).doesNotExist();
    assertThat(next).isDirectory();
    assertThat(other).isDirectory();
    assertThat(names(cache))
        .containsExactlyInAnyOrder(next.getParent().getFileName().toString(), "lock", "other");
  }

  private static void end(Process process) throws IOException, InterruptedException {
    process.outputWriter().close();
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void copiesAgainWhatIsGoneOrCutShort() throws IOException {
    Path copy = copies.copyOf(address());
    Files.writeString(copy.resolve("model.safetensors"), "weights");
    Files.delete(copy.resolve("config.json"));
    copies.copyOf(address());
    assertThat(copy.resolve("model.safetensors"))
        .hasSameBinaryContentAs(remote.resolve("model.safetensors"));
    assertThat(copy.resolve("config.json")).hasContent("{}");
  }

  @Test
  void listsChecksumsThatTheUsualToolChecks() throws IOException, InterruptedException {
    Path copy = copies.copyOf(address());
    Process check =
        new ProcessBuilder("sha256sum", "-c", "SHA256SUMS")
            .directory(copy.toFile())
            .redirectErrorStream(true)
            .start();
    assertThat(new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("config.json: OK\nmodel.safetensors: OK\n");
    assertThat(check.waitFor()).isZero();
  }

  @Test
  void copiesAGgufFileWithItsSplits() throws IOException {
    for (int part = 1; part <= 2; part++) {
      Files.writeString(remote.resolve("m-0000%d-of-00002.gguf".formatted(part)), "part " + part);
    }
    Files.writeString(remote.resolve("other.gguf"), "other");
    Files.writeString(remote.resolve("chat_template.jinja"), "template");
    Path copy = copies.copyOf(address() + "/m-00001-of-00002.gguf");
    assertThat(copy).hasFileName("m-00001-of-00002.gguf").hasContent("part 1");
    assertThat(copy.resolveSibling("m-00002-of-00002.gguf")).hasContent("part 2");
    assertThat(copy.resolveSibling("chat_template.jinja")).hasContent("template");
    assertThat(copy.resolveSibling("other.gguf")).doesNotExist();
  }

  @Test
  void copiesTheConfigurationAlone() throws IOException {
    Path copy = ModelCopies.configurationOf(address(), FarFileSystem.configuration());
    assertThat(copy).hasFileName("my-model");
    assertThat(names(copy)).containsExactly("config.json");
    Files.writeString(remote.resolve("m.gguf"), "header");
    assertThat(ModelCopies.configurationOf(address() + "/m.gguf", FarFileSystem.configuration()))
        .hasFileName("m.gguf")
        .hasContent("header");
  }

  @Test
  void readsThisMachinesFilesWhereTheyAre() {
    assertThat(copies.copyOf("file://" + remote)).isEqualTo(remote);
    assertThat(cache).doesNotExist();
  }

  @Test
  void leavesOtherNamesAsTheyAre() {
    assertThat(List.of("builtin", "ollama:deepseek-r2:32b", "/models/x", "models/x.gguf"))
        .allSatisfy(name -> assertThat(ModelCopies.local(name)).isEqualTo(name));
  }

  @Test
  void copiesOnceWhereThreadsRace() throws Exception {
    Callable<Path> copy = () -> copies.copyOf(address());
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Path>> paths = threads.invokeAll(List.of(copy, copy, copy, copy));
      Path first = paths.get(0).get();
      for (Future<Path> path : paths) {
        assertThat(path.get()).isEqualTo(first);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(opened()).containsExactly("config.json", "model.safetensors");
  }

  @Test
  void copiesOnceWhereProcessesRace() throws IOException, InterruptedException {
    Files.createFile(remote.resolve("slow"));
    Process first = CopyProcess.start(cache, address());
    Process second = CopyProcess.start(cache, address());
    awaitOpened(first);
    Files.delete(remote.resolve("slow"));
    assertThat(first.inputReader().readLine()).isEqualTo(second.inputReader().readLine());
    end(first);
    end(second);
    assertThat(opened()).containsExactly("config.json", "model.safetensors");
  }

  @Test
  void goesOnWhereAKilledProcessHasLeftOff() throws IOException, InterruptedException {
    Path slow = Files.createFile(remote.resolve("slow"));
    Process killed = CopyProcess.start(cache, address());
    awaitOpened(killed);
    killed.destroyForcibly().waitFor();
    Files.delete(slow);
    Path copy = copies.copyOf(address());
    assertThat(names(copy)).containsExactly("SHA256SUMS", "config.json", "model.safetensors");
    assertThat(opened()).containsExactly("config.json", "config.json", "model.safetensors");
  }

  /** Waits until a file's name is written down: who is killed before has opened none. */
  private void awaitOpened(Process process) throws IOException, InterruptedException {
    Path opened = remote.resolve("opened");
    while (Files.notExists(opened) || Files.size(opened) == 0) {
      assertThat(process.isAlive()).isTrue();
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  @Test
  void saysWhatIsWrongWithAnAddress() {
    refuses(address() + "/none", "there is no such file or folder; check the address");
    refuses(FarFileSystem.address(folder.resolve("far")), "holds no files of a model");
    refuses("nofs://x/y", "can't be read (No FileSystem for scheme", "check the address");
  }

  @Test
  void saysWhereThereIsNoRoom() throws IOException {
    try (RandomAccessFile sparse =
        new RandomAccessFile(remote.resolve("huge.gguf").toFile(), "rw")) {
      sparse.setLength(1L << 43);
    }
    assertThatThrownBy(() -> copies.copyOf(address()))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("8796.1 GB are to be copied to " + cache)
        .hasMessageContaining("make room, or name another folder by spark.reckon.modelCache");
  }

  private void refuses(String address, String... words) {
    assertThatThrownBy(() -> copies.copyOf(address))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(address)
        .hasMessageContainingAll(words)
        .hasMessageNotContaining("\n");
  }
}
