package io.reckon.jobs.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.jobs.TestSpark;
import io.reckon.jobs.UserError;
import io.reckon.jobs.tables.OutputFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
  @TempDir Path folder;
  private StateFolder state;

  @BeforeEach
  void open() {
    state =
        new StateFolder(
            OutputFolder.at(TestSpark.session(), folder.toString()), new Configuration());
  }

  @Test
  void aSecondRunIsRefusedUntilTheFirstEnds() throws IOException {
    try (RunLock first = RunLock.take(state, "first")) {
      first.requireHeld();
      assertThatThrownBy(() -> RunLock.take(state, "second"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("run first on ")
          .hasMessageContaining("process " + ProcessHandle.current().pid())
          .hasMessageContaining("give --output another folder");
    }
    RunLock.take(state, "second").close();

    assertThat(folder.resolve("_reckon/lock")).doesNotExist();
  }

  @Test
  void aRunWhoseProcessIsGoneHoldsNothing() throws IOException {
    writeLock(java.net.InetAddress.getLocalHost().getHostName(), 4_194_305);

    RunLock.take(state, "next").close();
  }

  @Test
  void aRunOnAnotherMachineHoldsItUntilItHasBeenSilentForMinutes() throws IOException {
    Path lock = writeLock("elsewhere", 1);
    assertThatThrownBy(() -> RunLock.take(state, "next"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("run old on elsewhere, process 1,");

    Files.setLastModifiedTime(
        lock, FileTime.from(Instant.now().minus(RunLock.STALE_AFTER).minus(Duration.ofSeconds(5))));
    RunLock.take(state, "next").close();
  }

  @Test
  void aRunWhoseLockWasTakenCommitsNoMore() throws IOException {
    try (RunLock first = RunLock.take(state, "first")) {
      writeLock("elsewhere", 1);

      assertThatThrownBy(first::requireHeld)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another run has taken over");
    }
    assertThat(folder.resolve("_reckon/lock")).as("not the first one's to delete").exists();
  }

  private Path writeLock(String host, long process) throws IOException {
    Path lock = Files.createDirectories(folder.resolve("_reckon")).resolve("lock");
    Files.deleteIfExists(lock.resolveSibling(".lock.crc"));
    return Files.writeString(
        lock,
        "{\"runId\":\"old\",\"host\":\"%s\",\"process\":%d,\"processStarted\":5}"
            .formatted(host, process));
  }
}
