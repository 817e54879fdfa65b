package io.reckon.jobs.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.reckon.jobs.TestSpark;
import io.reckon.jobs.UserError;
import io.reckon.jobs.tables.OutputFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int STARTERS = 4;
  private static final LockHolder SELF = self();

  /** Of a process of this machine, of a number that none has. */
  private static final LockHolder GONE =
      new LockHolder("old", SELF.host(), 4_194_305, 5, SELF.boot(), SELF.pidNamespace());

  @TempDir Path folder;
  private StateFolder state;

  private static LockHolder self() {
    try {
      return LockHolder.of("self");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

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
    writeLock(GONE);

    RunLock.take(state, "next").close();
  }

  @Test
  void aRunOnAnotherMachineHoldsItUntilItHasBeenSilentForMinutes() throws IOException {
    assertHoldsUntilSilent(
        new LockHolder("old", "elsewhere", 1, 5, SELF.boot(), SELF.pidNamespace()));
  }

  @Test
  void aProcessThatCannotBeSeenFromHereIsNotTakenForDead() throws IOException {
    assertHoldsUntilSilent(
        new LockHolder("old", SELF.host(), 4_194_305, 5, SELF.boot(), "pid:[1]"));
    assertHoldsUntilSilent(
        new LockHolder("old", SELF.host(), 4_194_305, 5, "another", SELF.pidNamespace()));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aLockOfAnOlderVersionIsReadAndItsProcessNotLookedFor() throws IOException {
    String holder =
        "{\"runId\":\"old\",\"host\":\"%s\",\"process\":4194305,\"processStarted\":5}"
            .formatted(SELF.host());
    assertHoldsUntilSilent(write("lock", holder), 4_194_305);
  }

  private void assertHoldsUntilSilent(LockHolder holder) throws IOException {
    assertHoldsUntilSilent(writeLock(holder), holder.process());
  }

  private void assertHoldsUntilSilent(Path lock, long process) throws IOException {
    assertThatThrownBy(() -> RunLock.take(state, "next"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("run old on ")
        .hasMessageContaining(", process %d, writes to".formatted(process));

    silence(lock);
    RunLock.take(state, "next").close();
  }

  @Test
  void ofAllWhoFindALockStaleOneAloneTakesIt() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(STARTERS);
    for (int round = 0; round < 30; round++) {
      Path lock = Files.createDirectories(folder.resolve("round" + round)).resolve("lock");
      Files.write(lock, JSON.writeValueAsBytes(GONE));

      assertThat(starters(threads, lock)).as("round %d", round).isEqualTo(1);
    }
    threads.shutdownNow();
  }

  /** How many of those that start at a time get the lock, and hold it. */
  private static long starters(ExecutorService threads, Path lock) throws Exception {
    CyclicBarrier together = new CyclicBarrier(STARTERS);
    List<Callable<Optional<RunLock>>> starters = new ArrayList<>();
    for (int i = 0; i < STARTERS; i++) {
      String run = "run" + i;
      starters.add(
          () -> {
            together.await();
            return tryTake(lock, run);
          });
    }
    long taken = 0;
    for (Future<Optional<RunLock>> starter : threads.invokeAll(starters)) {
      if (starter.get().isPresent()) {
        starter.get().get().requireHeld();
        taken++;
      }
    }
    return taken;
  }

  /** The lock is kept: its run goes on. */
  @SuppressWarnings("MustBeClosedChecker")
  private static Optional<RunLock> tryTake(Path lock, String run) throws IOException {
    try {
      return Optional.of(
          RunLock.take(
              AtomicCreateFileSystem.open(), new org.apache.hadoop.fs.Path(lock.toUri()), run));
    } catch (UserError e) {
      assertThat(e).hasMessageContaining("give --output another folder");
      return Optional.empty();
    }
  }

  @Test
  void aLockThatGoesBetweenTwoLooksAtItIsTaken() throws IOException {
    FileSystem files = AtomicCreateFileSystem.refusing(2);
    var lock = new org.apache.hadoop.fs.Path(folder.resolve("lock").toUri());

    try (RunLock taken = RunLock.take(files, lock, "run")) {
      taken.requireHeld();
    }
  }

  @Test
  void aStoreWhoseClockIsBehindMakesNoLivingRunStale() throws IOException {
    FileSystem files = AtomicCreateFileSystem.behind(RunLock.STALE_AFTER.multipliedBy(2));
    var lock = new org.apache.hadoop.fs.Path(folder.resolve("_reckon/lock").toUri());

    try (RunLock first = RunLock.take(files, lock, "first")) {
      assertThatThrownBy(() -> RunLock.take(files, lock, "second"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("run first on ");
      first.requireHeld();
    }
    assertThat(folder.resolve("_reckon")).as("with all that was written there").doesNotExist();
  }

  @Test
  void whoDiesOverATakeoverIsSucceededInTurn() throws IOException {
    writeLock(GONE);
    LockHolder claimant = new LockHolder("claims", "elsewhere", 2, 5, "", "");
    Path claim = write("lock.after-" + GONE.id(), JSON.writeValueAsString(claimant));
    assertThatThrownBy(() -> RunLock.take(state, "next"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("run claims on elsewhere, process 2, writes to");

    silence(claim);
    RunLock.take(state, "next").close();
    assertThat(folder.resolve("_reckon")).as("with every claim").doesNotExist();
  }

  @Test
  void aRunWhoseLockWasTakenCommitsNoMore() throws IOException {
    try (RunLock first = RunLock.take(state, "first")) {
      writeLock(new LockHolder("old", "elsewhere", 1, 5, "", ""));

      assertThatThrownBy(first::requireHeld)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another run has taken over");
    }
    assertThat(folder.resolve("_reckon/lock")).as("not the first one's to delete").exists();
  }

  private Path writeLock(LockHolder holder) throws IOException {
    return write("lock", JSON.writeValueAsString(holder));
  }

  private Path write(String name, String text) throws IOException {
    Path file = Files.createDirectories(folder.resolve("_reckon")).resolve(name);
    Files.deleteIfExists(file.resolveSibling("." + name + ".crc"));
    return Files.writeString(file, text);
  }

  private static void silence(Path file) throws IOException {
    Instant then = Instant.now().minus(RunLock.STALE_AFTER).minus(Duration.ofSeconds(5));
    Files.setLastModifiedTime(file, FileTime.from(then));
  }
}
